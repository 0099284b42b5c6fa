module.exports = {
  defaultProjectFolder: 'src',
};
