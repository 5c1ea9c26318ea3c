"""The two tables of the panel: what a run would do, and which series are held back."""

import qt

from .sentences import count, sentence, words

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
        if plan.problems:
            top = self._top("Remarks on the list", str(len(plan.problems)), "Worth a look before Apply")
            for problem in plan.problems:
                _child(top, sentence(problem["place"])[:-1], "", sentence(problem["message"]))
            top.setExpanded(True)
        for patient in plan.patients:
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
        kept = [one for one in patient["series"] if one["kept"]]
        slices = sum(one["slices"] for one in kept)
        outcome = count(len(kept), "series", "series") + " kept" if kept else "Nothing to release"
        top = self._top("{} (row {})".format(patient["new_id"], patient["row"]), str(slices), outcome)
        for one in patient["series"]:
            text = "Kept" if one["kept"] else "Left out: " + words(one["reason"] or "")
            name = "Series {}".format(one["number"])
            if one["description"]:
                name += ", " + one["description"]
            item = _child(top, name, str(one["slices"]), text)
            item.setData(0, KEY, len(self._series))
            self._series.append((patient["new_id"], one["number"]))
        for reason, number in sorted(_other_files(patient).items()):
            _child(top, count(number, "file"), "", "Left out: " + words(reason))
        top.setExpanded(True)

    def _top(self, *texts):
        item = qt.QTreeWidgetItem()
        _write(item, texts)
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        self._tree.addTopLevelItem(item)
        return item


def _other_files(patient):
    """The files left out that belong to no series of the table, by reason."""
    rest = dict(patient["left_out"])
    for one in patient["series"]:
        if not one["kept"] and one["reason"] in rest:
            rest[one["reason"]] -= one["slices"]
    return {reason: number for reason, number in rest.items() if number > 0}


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
