"""`make init`: a declaration that is written from two export files, or from two accounts, and that says why."""
