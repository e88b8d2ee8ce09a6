#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functional test of PVH boot by -kernel: QEMU enters an ELF file by its Xen
# note PHYS32_ENTRY, and gives it a hvm_start_info.
#
# This file is for QEMU: tests/functional/x86_64/test_pvh.py, with 'pvh' in
# tests_x86_64_system_quick of the meson.build there.

import os
import struct
from unittest import skipUnless

from qemu_test import LinuxKernelTest, wait_for_console_pattern


# The kernel of the tests. It prints the command line, if hvm_start_info has
# the magic number, version 1 or later, and a memory map.
LOAD_ADDR = 0x100000
CODE = bytes.fromhex(
    'fc'                        #    cld
    'bc 00 10 10 00'            #    mov    $0x101000,%esp
    '81 3b 78 c5 6e 33'         #    cmpl   $0x336ec578,(%ebx)   magic
    '75 28'                     #    jne    4f
    '83 7b 04 01'               #    cmpl   $1,4(%ebx)           version
    '72 22'                     #    jb     4f
    '83 7b 30 00'               #    cmpl   $0,48(%ebx)          memmap_entries
    '74 1c'                     #    je     4f
    'be 46 00 10 00'            #    mov    $text,%esi
    'e8 15 00 00 00'            #    call   1f
    '8b 73 18'                  #    mov    24(%ebx),%esi        cmdline_paddr
    'e8 0d 00 00 00'            #    call   1f
    'be 5a 00 10 00'            #    mov    $end,%esi
    'e8 03 00 00 00'            #    call   1f
    'f4'                        # 4: hlt
    'eb fd'                     #    jmp    4b
    '66 ba f8 03'               # 1: mov    $0x3f8,%dx           COM1
    'ac'                        # 2: lods   %ds:(%esi),%al
    '84 c0'                     #    test   %al,%al
    '74 03'                     #    je     3f
    'ee'                        #    out    %al,(%dx)
    'eb f8'                     #    jmp    2b
    'c3'                        # 3: ret
) + b'PVH: command line: \0' + b'.\r\n\0'


def pvh_kernel(note_type):
    """An ELF file as a vmlinux is one, with a Xen note of that type."""
    note = struct.pack('<III4sQ', 4, 8, note_type, b'Xen\0', LOAD_ADDR)
    note_offset = 64 + 2 * 56
    code_offset = note_offset + len(note)
    # EM_X86_64, two program headers
    header = struct.pack('<16sHHIQQQIHHHHHH',
                         b'\x7fELF\x02\x01\x01', 2, 62, 1, LOAD_ADDR, 64, 0,
                         0, 64, 56, 2, 0, 0, 0)
    # PT_LOAD, with a page for the stack, and PT_NOTE
    load = struct.pack('<IIQQQQQQ', 1, 7, code_offset, LOAD_ADDR, LOAD_ADDR,
                       len(CODE), 0x1000, 1)
    notes = struct.pack('<IIQQQQQQ', 4, 4, note_offset, 0, 0, len(note),
                        len(note), 4)
    return header + load + notes + note + CODE


class X86Pvh(LinuxKernelTest):

    timeout = 60

    def write_kernel(self, note_type=18):       # XEN_ELFNOTE_PHYS32_ENTRY
        path = self.scratch_file('kernel')
        with open(path, 'wb') as f:
            f.write(pvh_kernel(note_type))
        return path

    def boot(self, machine):
        self.set_machine(machine)
        self.vm.set_console()
        self.vm.add_args('-kernel', self.write_kernel(),
                         '-append', 'one two="2 3"', '-m', '64')
        self.vm.launch()
        wait_for_console_pattern(self, 'PVH: command line: one two="2 3".')

    def test_pc(self):
        self.boot('pc')

    def test_q35(self):
        self.boot('q35')

    def test_microvm(self):
        self.boot('microvm')

    def test_no_note(self):
        """An ELF file without the note is refused, and the reason given."""
        self.set_machine('q35')
        self.vm.add_args('-kernel', self.write_kernel(note_type=1))
        self.vm.set_qmp_monitor(enabled=False)
        self.vm.launch()
        self.vm.wait()
        self.assertEqual(self.vm.exitcode(), 1)
        self.assertIn('without PVH ELF Note', self.vm.get_log())

    @skipUnless(os.getenv('QEMU_TEST_PVH_VMLINUX'),
                'QEMU_TEST_PVH_VMLINUX does not name a Linux vmlinux')
    def test_linux(self):
        """A vmlinux of one's own. QEMU has no other way into an ELF file."""
        self.set_machine('q35')
        self.vm.add_args('-append',
                         self.KERNEL_COMMON_COMMAND_LINE + 'console=ttyS0')
        self.launch_kernel(os.environ['QEMU_TEST_PVH_VMLINUX'],
                           wait_for='Unable to mount root fs')


if __name__ == '__main__':
    LinuxKernelTest.main()
