"""The event loop of the stand-in starves Python threads as the application does, or the tests prove less."""

import threading
import time

from standin import spin


def ticks_of_a_python_thread(during):
    """How often a thread that sleeps 1 ms at a time gets through while `during()` runs."""
    ticks, stop = [], threading.Event()

    def work():
        while not stop.is_set():
            ticks.append(None)
            time.sleep(0.001)

    worker = threading.Thread(target=work)
    worker.start()
    before = len(ticks)
    during()
    after = len(ticks)
    stop.set()
    worker.join()
    return after - before


def test_a_python_thread_starves_in_this_loop_and_not_outside_of_it():
    inside = ticks_of_a_python_thread(lambda: spin(0.5))
    outside = ticks_of_a_python_thread(lambda: time.sleep(0.5))
    print(f"\nticks of a Python thread in 0.5 s: {inside} inside the loop, {outside} outside")
    assert inside < outside / 2
