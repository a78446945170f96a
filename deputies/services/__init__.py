"""Every change of deputies and reception days, one function per action, named as the office names it."""
