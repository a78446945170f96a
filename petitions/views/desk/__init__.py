"""The desk's pages of cases: the list, the case with its actions, and entering for a resident."""
