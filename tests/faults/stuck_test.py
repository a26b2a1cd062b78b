#!/usr/bin/python3
"""A process that cannot be killed, as on a disk that does not answer, holds up nobody."""
import ctypes
import os
import struct
import threading
import unittest

from faults import Faults, Running, deed, document, main

LIBC = ctypes.CDLL(None, use_errno=True)
INIT, LOOKUP = 26, 1  # questions of the kernel (linux/fuse.h)
FORCE_AND_DETACH = 1 | 2


class SilentFiles:
    """A file system that takes a question and never answers: who asks cannot be killed."""

    def __init__(self, folder):
        self.folder = os.fsencode(folder)
        self.asked = threading.Event()
        try:
            self.device = os.open("/dev/fuse", os.O_RDWR)
        except OSError as error:
            raise unittest.SkipTest(f"needs /dev/fuse: {error}")
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0".encode()
        if LIBC.mount(b"papy-test", self.folder, b"fuse", 0, options) != 0:
            os.close(self.device)
            raise unittest.SkipTest(f"needs the right to mount: {os.strerror(ctypes.get_errno())}")
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                question = os.read(self.device, 1 << 18)
            except OSError:
                return  # it is over
            _, what, number = struct.unpack("<IIQ", question[:16])
            if what == INIT:
                answer = struct.pack("<IIIIHHIIHHI", 7, 31, 0, 0, 0, 0, 1 << 17, 1, 0, 0, 0) + bytes(28)
                os.write(self.device, struct.pack("<IiQ", 16 + len(answer), 0, number) + answer)
            if what == LOOKUP:
                self.asked.set()

    def end(self):
        LIBC.umount2(self.folder, FORCE_AND_DETACH)
        self.thread.join()
        os.close(self.device)


class Stuck(Faults):
    def test_its_slot_is_written_off_and_the_run_ends(self):
        wanted = self.without_poison(document(deed("stick")))
        (self.folder / "stuck").mkdir()
        files = SilentFiles(self.folder / "stuck")
        self.addCleanup(files.end)
        err = self.one_failure(document(deed("stick", keys=", timeout: 300ms")), "timeout",
                               "^took longer than its time-out of 300ms; its process was ended")
        self.assertTrue(files.asked.is_set())
        self.assertRegex(err, r"warning: process \d+ of pool 'cpu' cannot be killed; its slot goes on without it")
        self.assertEqual(self.lines(), wanted)


if __name__ == "__main__":
    main()
