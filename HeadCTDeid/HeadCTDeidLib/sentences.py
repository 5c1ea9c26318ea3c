"""Everything the panel says about a run, as sentences. Nothing here knows Slicer or Qt."""


def count(number, one, many=None):
    """`1 slice`, `2 slices`."""
    return "{} {}".format(f"{number:,}", one if number == 1 else many or one + "s")


def sentence(text):
    """A message of the program, which starts lower case and has no full stop, as a sentence."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def duration(seconds):
    """A rounded time that a person can use: `40 s`, `3 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return "{} h {} min".format(*divmod(minutes, 60))


def progress_line(progress):
    """One line: the patient being worked on, the rate and the time left."""
    if progress.patients_total == 0:
        return sentence(progress.stage)
    number = min(progress.patients_done + 1, progress.patients_total)
    patient = "Looking through patient" if progress.stage == "scanning" else "Patient"
    parts = [f"{patient} {number} of {progress.patients_total}"]
    if progress.slices_done and progress.slices_per_second > 0:
        parts.append(f"{progress.slices_per_second:.0f} slices per second")
    if progress.seconds_left is not None:
        parts.append(f"about {duration(progress.seconds_left)} left")
    return ", ".join(parts)


def progress_percent(progress):
    """0 to 100 for the bar: finished patients, and the share of the known slices for those in work.

    Slices become known patient by patient, so the share of all patients is the larger of the two estimates.
    """
    if progress.finished:
        return 100
    if progress.patients_total == 0:
        return 0
    by_patient = progress.patients_done / progress.patients_total
    by_slice = progress.slices_done / progress.slices_total if progress.slices_total else 0.0
    share = by_slice if progress.patients_total == 1 else max(by_patient, by_slice / progress.patients_total)
    return min(99, int(100 * share))


def report_summary(report):
    """The end of a run in a few lines of text: released, left out by reason, failed, held."""
    lines = ["Released: {}.".format(count(report.released, "slice"))]
    excluded = sum(report.excluded.values())
    if excluded:
        reasons = sorted(report.excluded.items(), key=lambda item: (-item[1], item[0]))
        lines.append(
            "Left out: {} ({}).".format(
                count(excluded, "file"), ", ".join(f"{number} {words(reason)}" for reason, number in reasons)
            )
        )
    if report.failed:
        lines.append("Failed: {}. The report says which and why.".format(count(report.failed, "file")))
    if report.held:
        lines.append("Held back: {}, listed below.".format(count(len(report.held), "series", "series")))
    if not report.failed and not report.held:
        lines.append("Nothing failed and nothing was held back.")
    return lines


def words(code):
    """A reason's code as words: `not-axial` becomes `not axial`."""
    return code.replace("-", " ")


def place_words(problem):
    """Where a problem lies, in the words of the panel: the program's linkage table is its list."""
    return problem["place"].replace("linkage table", "list")


def problem_sentences(error, most=10):
    """The problems of a refusal as sentences with their place, the first `most` of them, and how many there are more.

    An error without problems is one sentence.
    """
    problems = getattr(error, "problems", None)
    if not problems:
        return [sentence(str(error))]
    lines = ["{}: {}".format(sentence(place_words(one))[:-1], sentence(one["message"])) for one in problems[:most]]
    if len(problems) > most:
        lines.append("And {}; correct these first.".format(count(len(problems) - most, "more problem")))
    if any("resume or overwrite" in one["message"] for one in problems):
        lines.append("What to do with them is chosen under Advanced, If already there.")
    return lines


def unexpected(error):
    """A sentence for an error that the program did not foresee; says nothing that may identify a patient."""
    if isinstance(error, OSError) and error.strerror:
        return f"A file or folder could not be used: {error.strerror}. Check the folders and try again."
    return (
        f"This should not have happened ({type(error).__name__}). "
        "Please report it with the line that is in the application's log."
    )
