"""Charts drawn on the server: geometry only. Colours and type are the stylesheet's, words and table the template's."""

from dataclasses import dataclass

WIDTH, HEIGHT = 720, 260  # units of the drawing; the page stretches it
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 12, 32
STEPS = (1, 2, 5)
LINES = 5  # of the grid, at most
LABELS = 12  # under the axis, at most


@dataclass(frozen=True)
class Series:
    """A row of values, one for each period; None where nothing can be said. ``unit`` follows each value in words."""

    label: str
    values: list
    unit: str = ""


@dataclass(frozen=True)
class Mark:
    """A bar, or a point of a line: its place in the drawing, and what it says."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True)
class Drawn:
    """A series as it is drawn: its marks, and for a line the pieces between them, broken where a value is missing."""

    series: Series
    marks: list[Mark]
    pieces: list[str]


@dataclass(frozen=True)
class Chart:
    """A chart of one scale; ``names`` are the periods, ``of_lines`` tells a line chart from one of bars."""

    title: str
    names: list[str]
    series: list[Series]
    of_lines: bool = False
    top: float | None = None

    width, height = WIDTH, HEIGHT
    left, right, ground = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no case at all, or no rate; a rate of nought is one."""
        values = [value for one in self.series for value in one.values]
        return all(value is None for value in values) if self.of_lines else not any(values)

    @property
    def grid(self) -> list[tuple[float, str]]:
        """The lines of the scale: how far down each lies, and its number."""
        step = self._step
        return [(self._down(step * n), f"{step * n:g}") for n in range(int(self._top / step) + 1)]

    @property
    def axis(self) -> list[tuple[float, str]]:
        """The names under the axis, every second or third where there are many; the last one always stands."""
        every = -(-len(self.names) // LABELS)
        last = len(self.names) - 1
        return [(self._middle(n), name) for n, name in enumerate(self.names) if (last - n) % every == 0]

    @property
    def drawn(self) -> list[Drawn]:
        if self.of_lines:
            return [Drawn(one, self._points(one), self._pieces(one)) for one in self.series]
        return [Drawn(one, self._bars(place, one), []) for place, one in enumerate(self.series)]

    @property
    def rows(self) -> list[tuple[str, list]]:
        """The table beneath: the periods, the newest first, each with its values."""
        values = zip(*(one.values for one in self.series), strict=True)
        return list(zip(self.names, values, strict=True))[::-1]

    @property
    def _slot(self):
        return (self.right - self.left) / max(len(self.names), 1)

    @property
    def _highest(self):
        return self.top or max((value or 0 for one in self.series for value in one.values), default=0) or 1

    @property
    def _step(self):
        """The smallest round step that needs no more lines than the grid has; whole numbers only."""
        unit = 1
        while True:
            for step in STEPS:
                if step * unit * LINES >= self._highest:
                    return step * unit
            unit *= 10

    @property
    def _top(self):
        return -(-self._highest // self._step) * self._step

    def _middle(self, n):
        return round(self.left + self._slot * (n + 0.5), 1)

    def _down(self, value):
        return round(self.ground - (self.ground - TOP) * value / self._top, 1)

    def _bars(self, place, one):
        width = self._slot * 0.72 / len(self.series)
        bars = []
        for n, value in enumerate(one.values):
            left = self.left + self._slot * (n + 0.14) + width * place
            bars.append(self._mark(one, n, left, width, value or 0))
        return bars

    def _points(self, one):
        return [
            self._mark(one, n, self._middle(n), 0, value) for n, value in enumerate(one.values) if value is not None
        ]

    def _mark(self, one, n, x, width, value):
        y = self._down(value)
        says = f"{self.names[n]} {one.label} {value}{one.unit}"
        return Mark(round(x, 1), y, round(width, 1), round(self.ground - y, 1), says)

    def _pieces(self, one):
        pieces, points = [], []
        for n, value in enumerate([*one.values, None]):
            if value is not None:
                points.append(f"{self._middle(n)},{self._down(value)}")
            elif points:
                pieces.append(" ".join(points))
                points = []
        return pieces
