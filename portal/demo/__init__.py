"""The demo area: a county with its stations, organs, deputies and cases. People and words are invented."""
