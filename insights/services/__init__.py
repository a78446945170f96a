"""What is written on this floor besides the figures: ledgers ordered and taken, months locked."""
