"""The two tables of the panel: what a run would do, and which series are held back."""

import qt

from .plan import patients_of, remarks_of
from .sentences import count, sentence

KEY = qt.Qt.UserRole  # where an item keeps its number in the list it was made from


class PlanTable:
    """Patients and their series, what is left out, and the remarks on the list, row by row."""

    def __init__(self, tree):
        self._tree = tree
        self._series = []
        tree.setHeaderLabels(["Patient and series", "Slices", "Outcome"])
        tree.setIndentation(14)
        _fit(tree, (150, 50))

    def show(self, plan):
        """Replaces what the table shows by a `headct_deid.Plan`."""
        self.clear()
        remarks = remarks_of(plan)
        if remarks:
            top = self._top("Remarks on the list, worth a look before Apply")
            top.setFirstColumnSpanned(True)
            for remark in remarks:
                _child(top, remark).setFirstColumnSpanned(True)
            top.setExpanded(True)
        for patient in patients_of(plan):
            self._patient(patient)

    def clear(self):
        """Empties the table."""
        self._series = []
        self._tree.clear()

    def chosen(self):
        """`(new_id, series_number)` of the series that is selected, or None."""
        item = self._tree.currentItem()
        key = item.data(0, KEY) if item is not None else None
        return self._series[int(key)] if key is not None else None

    def explanation(self):
        """The selected row in full, with what the table has no room for."""
        item = self._tree.currentItem()
        return item.toolTip(0) if item is not None else ""

    def _patient(self, patient):
        kept = len(patient.series)
        outcome = count(kept, "series", "series") + " kept" if kept else "nothing to release"
        top = self._top(patient.new_id, str(patient.slices), f"Row {patient.list_row}: {outcome}")
        for one in patient.series:
            item = _child(top, one.name, str(one.slices), one.outcome)
            item.setToolTip(0, f"{one.name}: {one.description}. {one.outcome}.")
            item.setData(0, KEY, len(self._series))
            self._series.append((patient.new_id, one.number))
        for reason, number in sorted(patient.left_out.items()):
            _child(top, f"{count(number, 'file')} left out: {reason}").setFirstColumnSpanned(True)
        top.setExpanded(True)

    def _top(self, *texts):
        item = qt.QTreeWidgetItem()
        _write(item, texts)
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        self._tree.addTopLevelItem(item)
        return item


class HeldTable:
    """The series that were not released because their safety could not be shown."""

    def __init__(self, tree):
        self._tree = tree
        self._held = []
        tree.setHeaderLabels(["Patient", "Series", "Slices", "Why"])
        _fit(tree, (110, 50, 50))

    def show(self, held):
        """Replaces what the table shows by `Report.held`."""
        self._held = list(held)
        self._tree.clear()
        for number, one in enumerate(self._held):
            item = qt.QTreeWidgetItem()
            _write(item, (one["new_id"], str(one["series"]), str(one["slices"]), sentence(one["sentence"])))
            item.setData(0, KEY, number)
            self._tree.addTopLevelItem(item)

    def chosen(self):
        """The selected entry of `Report.held`, or None."""
        item = self._tree.currentItem()
        key = item.data(0, KEY) if item is not None else None
        return self._held[int(key)] if key is not None else None


def _fit(tree, widths):
    """So wide are the first columns; the last has the rest."""
    tree.header().setStretchLastSection(True)
    for column, width in enumerate(widths):
        tree.setColumnWidth(column, width)


def _child(parent, *texts):
    item = qt.QTreeWidgetItem()
    _write(item, texts)
    parent.addChild(item)
    return item


def _write(item, texts):
    for column, text in enumerate(texts):
        item.setText(column, text)
        item.setToolTip(column, text)
