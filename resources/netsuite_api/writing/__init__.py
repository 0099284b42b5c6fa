"""Writing to NetSuite's customers through the RESTlet."""
