"""Whether the three inputs make sense, before the program is asked; paths only, nothing is opened."""

from pathlib import Path

TABLE_SUFFIXES = (".xlsx", ".xls", ".xlsb", ".ods", ".csv")


def reason_to_wait(input_folder, linkage_table, output_folder=None, private_folder=""):
    """A sentence that says what is still missing, or None when the run may start.

    Without `output_folder` the question is whether a check may start.
    """
    if not input_folder:
        return "Choose the DICOM folder: one subfolder for each accession number."
    if not Path(input_folder).is_dir():
        return "The DICOM folder does not exist. Choose another one."
    if not linkage_table:
        return "Choose the list: an Excel or CSV file with the columns Accession_number and New_ID."
    if not Path(linkage_table).is_file():
        return "The list does not exist. Choose another file."
    if Path(linkage_table).suffix.lower() not in TABLE_SUFFIXES:
        return "The list must be an Excel, OpenDocument or CSV file ({}).".format(", ".join(TABLE_SUFFIXES))
    if output_folder is None:
        return None
    return _output_reason(input_folder, linkage_table, output_folder, private_folder)


def _output_reason(input_folder, linkage_table, output_folder, private_folder):
    if not output_folder:
        return "Choose the output folder. It is made when it does not exist."
    source, output = _absolute(input_folder), _absolute(output_folder)
    if output.is_file():
        return "The output folder is a file. Choose a folder."
    if _within(output, source):
        return "The output folder lies inside the DICOM folder. Choose one outside of it."
    if _within(source, output):
        return "The DICOM folder lies inside the output folder. Choose another output folder."
    if _within(_absolute(linkage_table), output):
        return "The list lies inside the output folder and would be shared with it. Choose another folder."
    if private_folder and _within(_absolute(private_folder), output):
        return "The private folder lies inside the output folder and would be shared with it. Choose another."
    return None


def _absolute(path):
    return Path(path).expanduser().resolve()


def _within(inner, outer):
    return inner == outer or outer in inner.parents
