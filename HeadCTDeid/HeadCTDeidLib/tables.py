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
        tree.header().setStretchLastSection(True)
        tree.setColumnWidth(0, 180)
        tree.setColumnWidth(1, 50)

    def show(self, plan):
        """Replaces what the table shows by a `headct_deid.Plan`."""
        self.clear()
        remarks = remarks_of(plan)
        if remarks:
            top = self._top("Remarks on the list", str(len(remarks)), "Worth a look before Apply")
            for place, message in remarks:
                _child(top, place, "", message)
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
        """The selected row's outcome in full, since a column may cut it short."""
        item = self._tree.currentItem()
        return item.text(0) + ": " + item.text(2) if item is not None and item.text(2) else ""

    def _patient(self, patient):
        kept = len(patient.kept)
        outcome = count(kept, "series", "series") + " kept" if kept else "Nothing to release"
        name = patient.new_id if patient.list_row is None else f"{patient.new_id} (row {patient.list_row})"
        top = self._top(name, str(patient.slices), outcome)
        for one in patient.series:
            item = _child(top, one.name, str(one.slices), one.outcome)
            if one.kept:
                item.setData(0, KEY, len(self._series))
                self._series.append((patient.new_id, one.number))
        for reason, number in sorted(patient.left_out.items()):
            _child(top, count(number, "file"), "", "Left out: " + reason)
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
        tree.header().setStretchLastSection(True)
        for column, width in enumerate((110, 55, 50)):
            tree.setColumnWidth(column, width)

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


def _child(parent, *texts):
    item = qt.QTreeWidgetItem()
    _write(item, texts)
    parent.addChild(item)
    return item


def _write(item, texts):
    for column, text in enumerate(texts):
        item.setText(column, text)
        item.setToolTip(column, text)
