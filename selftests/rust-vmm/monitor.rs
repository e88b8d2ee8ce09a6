// SPDX-License-Identifier: GPL-2.0
//! A monitor with as much of Firecracker and of Cloud Hypervisor as a kernel sees while it boots. It is there to test
//! rust-vmm's loader: it has one CPU, a serial port, and no other device. What is where, and what is in it, is that of
//! Firecracker's src/vmm/src/arch/x86_64 and src/vmm/src/acpi, and of Cloud Hypervisor's arch/src/x86_64 and
//! vmm/src/acpi.rs, in August 2026.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;

use kvm_bindings::*;
use kvm_ioctls::{Cap, Kvm, VcpuExit, VcpuFd, VmFd};
use linux_loader::cmdline::Cmdline;
use linux_loader::configurator::linux::LinuxBootConfigurator;
use linux_loader::configurator::pvh::PvhBootConfigurator;
use linux_loader::configurator::{BootConfigurator, BootParams};
use linux_loader::loader::bootparam::{boot_e820_entry, boot_params};
use linux_loader::loader::elf::{start_info::*, Elf, PvhBootCapability};
use linux_loader::loader::{load_cmdline, KernelLoader};
use vm_memory::{Bytes, GuestAddress as At, GuestMemoryBackend, GuestMemoryRegion};
use vm_superio::{Serial, Trigger};
use vmm_sys_util::eventfd::EventFd;

type Memory = vm_memory::GuestMemoryMmap<()>;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: monitor firecracker|cloud-hypervisor acpi|no-acpi MIB KERNEL INITRD CMDLINE";

// Both monitors have these at the same addresses.
const GDT: u64 = 0x500;
const IDT: u64 = 0x520;
const START_INFO: u64 = 0x6000;
const MODLIST: u64 = 0x6040;
const MEMMAP: u64 = 0x7000;
const ZERO_PAGE: u64 = 0x7000;
const STACK: u64 = 0x8ff0;
const PML4: u64 = 0x9000;
const PDPT: u64 = 0xa000;
const PD: u64 = 0xb000;
const CMDLINE: u64 = 0x20000;
const HIGH_RAM: u64 = 0x10_0000;
const HOLE: Range<u64> = 0xc000_0000..0x1_0000_0000;
const IOAPIC: u32 = 0xfec0_0000;
const LOCAL_APIC: u32 = 0xfee0_0000;

const SERIAL: u16 = 0x3f8;
const SERIAL_IRQ: u8 = 4;
// Cloud Hypervisor has these two: for messages, and ACPI's sleep and reset registers.
const DEBUG: u16 = 0xe9;
const ACPI_PORT: u16 = 0x600;

struct Layout {
    firecracker: bool,
    mptable: u64,
    rsdp: u64,
    dsdt: u64, // the other tables follow it
    mmconfig: u64,
}

const FIRECRACKER: Layout =
    Layout { firecracker: true, mptable: 0x9fc00, rsdp: 0xe0000, dsdt: 0xa0000, mmconfig: 0xeec0_0000 };
// There, the MP table follows SMBIOS tables, which are not here.
const CLOUD_HYPERVISOR: Layout =
    Layout { firecracker: false, mptable: 0xf0010, rsdp: 0xa0000, dsdt: 0xa0024, mmconfig: 0xe800_0000 };

impl Layout {
    /// Address, size and type of each entry, in that monitor's order
    fn memory_map(&self, mem: &Memory) -> Vec<(u64, u64, u32)> {
        let (ram, reserved) = (XEN_HVM_MEMMAP_TYPE_RAM, XEN_HVM_MEMMAP_TYPE_RESERVED);
        let mut sizes = mem.iter().map(|region| region.len());
        let below = (HIGH_RAM, sizes.next().unwrap_or_default() - HIGH_RAM, ram);
        let above = sizes.next().map(|size| (HOLE.end, size, ram));
        let mmconfig = (self.mmconfig, 256 << 20, reserved);
        let (low, last) = if self.firecracker {
            let tables = (self.mptable, self.rsdp - self.mptable, reserved);
            (vec![(0, self.mptable, ram), tables, mmconfig], below)
        } else {
            (vec![(0, self.rsdp, ram), below], mmconfig)
        };
        low.into_iter().chain(above).chain([last]).collect()
    }
}

/// Set the byte at this offset so that the sum of all is 0.
fn set_checksum(bytes: &mut [u8], at: usize) {
    bytes[at] = bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_sub(*byte));
}

fn acpi_table(signature: &[u8], revision: u8, body: &[u8]) -> Vec<u8> {
    let len = (36 + body.len() as u32).to_le_bytes();
    let mut table = [signature, &len, &[revision, 0], b"PVHTSTRUST-VMM\0\0\0\0TEST\0\0\0\0", body].concat();
    set_checksum(&mut table, 9);
    table
}

/// An AML object with a length, of less than 64 bytes
fn aml(opcode: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [opcode, &[content.len() as u8 + 1], &content].concat()
}

fn dsdt(layout: &Layout) -> Vec<u8> {
    // With hardware-reduced ACPI there are no legacy interrupts: the serial port's is here.
    let ports = [0x47, 1, 0xf8, 3, 0xf8, 3, 1, 8];
    let irq = [0x89, 6, 0, 3, 1, SERIAL_IRQ, 0, 0, 0];
    let resources = aml(&[0x11], &[&[0x0a, 19], &ports, &irq, &[0x79, 0]]);
    let com1 = aml(&[0x5b, 0x82], &[b"COM1\x08_HID\x0c\x41\xd0\x05\x01\x08_UID\x00\x08_CRS", &resources]);
    let power_off: &[u8] = if layout.firecracker { b"" } else { b"\x08_S5_\x12\x04\x01\x0a\x05" };
    acpi_table(b"DSDT", 6, &[&aml(&[0x10], &[b"_SB_", &com1]), power_off].concat())
}

fn fadt(layout: &Layout, dsdt: u64) -> Vec<u8> {
    let mut table = [0; 276];
    let mut put = |at: usize, value: &[u8]| table[at..at + value.len()].copy_from_slice(value);
    put(140, &dsdt.to_le_bytes());
    // Hardware-reduced in both; power and sleep button, or the reset register
    if layout.firecracker {
        put(112, &(1u32 << 20 | 1 << 5 | 1 << 4).to_le_bytes());
        put(109, &[1 << 2]); // there is no VGA
        put(268, b"FIRECKVM");
    } else {
        put(112, &(1u32 << 20 | 1 << 10).to_le_bytes());
        put(268, b"CLOUDHYP");
        let register = [&[1, 8, 0, 1], &u64::from(ACPI_PORT).to_le_bytes()[..]].concat();
        [116, 244, 256].into_iter().for_each(|at| put(at, &register));
        put(128, &[1]); // the value that resets
    }
    acpi_table(b"FACP", 6, &table[36..])
}

fn madt(layout: &Layout) -> Vec<u8> {
    let mut body = [LOCAL_APIC.to_le_bytes(), [0; 4]].concat();
    let ioapic = [&[1, 12, 0, 0], &IOAPIC.to_le_bytes()[..], &[0; 4]].concat();
    if layout.firecracker {
        body.extend([&ioapic[..], &[0, 8, 0, 0, 1, 0, 0, 0]].concat());
    } else {
        let irq = [2, 10, 0, SERIAL_IRQ, SERIAL_IRQ, 0, 0, 0, 0, 0];
        body.extend([&[9, 16, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0], &ioapic[..], &irq].concat());
    }
    acpi_table(b"APIC", 5, &body)
}

fn write_acpi(layout: &Layout, mem: &Memory) -> Result<()> {
    let mut free = layout.dsdt;
    let mut write = |table: Vec<u8>| -> Result<[u8; 8]> {
        let at = free;
        free += table.len() as u64;
        mem.write_slice(&table, At(at))?;
        Ok(at.to_le_bytes())
    };
    write(dsdt(layout))?;
    let fadt = write(fadt(layout, layout.dsdt))?;
    let madt = write(madt(layout))?;
    let xsdt = write(acpi_table(b"XSDT", 1, &[fadt, madt].concat()))?;
    let mut rsdp = [&b"RSD PTR \0PVHTST\x02\0\0\0\0\x24\0\0\0"[..], &xsdt, &[0; 4]].concat();
    set_checksum(&mut rsdp[..20], 8);
    set_checksum(&mut rsdp, 32);
    Ok(mem.write_slice(&rsdp, At(layout.rsdp))?)
}

fn write_mptable(layout: &Layout, mem: &Memory) -> Result<()> {
    const ID: u8 = 2; // of the I/O APIC
    let cpu = [0, 0, 0x14, 3, 0, 6, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut entries = [&cpu[..], b"\x01\0ISA   ", &[2, ID, 0x14, 1], &IOAPIC.to_le_bytes()].concat();
    (0..24).for_each(|irq| entries.extend([3, 0, 0, 0, 0, irq, ID, irq]));
    entries.extend([4, 3, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0xff, 1]);
    let len = (44 + entries.len() as u16).to_le_bytes();
    let apic = LOCAL_APIC.to_le_bytes();
    let mut table =
        [b"PCMP", &len[..], b"\x04\0RUST-VMM000000000000\0\0\0\0\0\0\x1d\0", &apic, &[0; 4], &entries].concat();
    set_checksum(&mut table, 7);
    let at = (layout.mptable as u32 + 16).to_le_bytes();
    let mut pointer = [b"_MP_", &at[..], &[1, 4, 0, 0, 0, 0, 0, 0]].concat();
    set_checksum(&mut pointer, 10);
    Ok(mem.write_slice(&[pointer, table].concat(), At(layout.mptable))?)
}

/// The hvm_start_info; `initrd` is its address and size.
fn write_start_info(layout: &Layout, mem: &Memory, initrd: (u64, u64), acpi: bool) -> Result<()> {
    let map = layout.memory_map(mem).into_iter();
    let map: Vec<_> =
        map.map(|(addr, size, type_)| hvm_memmap_table_entry { addr, size, type_, reserved: 0 }).collect();
    let module = hvm_modlist_entry { paddr: initrd.0, size: initrd.1, ..Default::default() };
    let start_info = hvm_start_info {
        magic: XEN_HVM_START_MAGIC_VALUE,
        version: 1,
        nr_modules: 1,
        modlist_paddr: MODLIST,
        cmdline_paddr: CMDLINE,
        // Firecracker does not tell it: the kernel searches for it.
        rsdp_paddr: if acpi && !layout.firecracker { layout.rsdp } else { 0 },
        memmap_paddr: MEMMAP,
        memmap_entries: map.len() as u32,
        ..Default::default()
    };
    let mut params = BootParams::new(&start_info, At(START_INFO));
    params.set_sections(&map, At(MEMMAP));
    params.set_modules(&[module], At(MODLIST));
    Ok(PvhBootConfigurator::write_bootparams(&params, mem)?)
}

/// The boot_params of the 64-bit boot protocol
fn write_zero_page(layout: &Layout, mem: &Memory, initrd: (u64, u64), acpi: bool, cmdline: usize) -> Result<()> {
    let mut params = boot_params::default();
    params.acpi_rsdp_addr = if acpi { layout.rsdp } else { 0 };
    params.hdr.type_of_loader = 0xff;
    params.hdr.boot_flag = 0xaa55;
    params.hdr.header = 0x5372_6448;
    params.hdr.cmd_line_ptr = CMDLINE as u32;
    params.hdr.cmdline_size = cmdline as u32;
    params.hdr.kernel_alignment = 0x100_0000;
    (params.hdr.ramdisk_image, params.hdr.ramdisk_size) = (initrd.0 as u32, initrd.1 as u32);
    for (addr, size, type_) in layout.memory_map(mem) {
        params.e820_table[params.e820_entries as usize] = boot_e820_entry { addr, size, r#type: type_ };
        params.e820_entries += 1;
    }
    Ok(LinuxBootConfigurator::write_bootparams(&BootParams::new(&params, At(ZERO_PAGE)), mem)?)
}

/// Entry `index` of the GDT as KVM wants it
fn segment(index: u16, entry: u64) -> kvm_segment {
    let bits = |shift: u32, mask: u64| (entry >> shift & mask) as u8;
    let limit = (entry & 0xffff | entry >> 32 & 0xf_0000) as u32;
    kvm_segment {
        limit: if bits(55, 1) == 1 { limit << 12 | 0xfff } else { limit },
        selector: index * 8,
        type_: bits(40, 15),
        s: bits(44, 1),
        present: bits(47, 1),
        l: bits(53, 1),
        db: bits(54, 1),
        g: bits(55, 1),
        ..Default::default()
    }
}

/// What the PVH ABI asks for, or the 64-bit boot protocol
fn set_registers(vcpu: &VcpuFd, mem: &Memory, pvh: bool, entry: u64) -> Result<()> {
    let gdt: [u64; 4] = if pvh {
        [0, 0xcf_9b00_0000_ffff, 0xcf_9300_0000_ffff, 0x8b00_0000_0067]
    } else {
        [0, 0xaf_9b00_0000_ffff, 0xcf_9300_0000_ffff, 0x8f_8b00_0000_ffff]
    };
    (0..4).try_for_each(|i| mem.write_obj(gdt[i], At(GDT + 8 * i as u64)))?;
    let mut sregs = vcpu.get_sregs()?;
    (sregs.gdt.base, sregs.gdt.limit) = (GDT, 31);
    (sregs.idt.base, sregs.idt.limit) = (IDT, 7);
    let data = segment(2, gdt[2]);
    (sregs.cs, sregs.ds, sregs.es, sregs.fs) = (segment(1, gdt[1]), data, data, data);
    (sregs.gs, sregs.ss, sregs.tr) = (data, data, segment(3, gdt[3]));
    let mut regs = kvm_regs { rflags: 2, rip: entry, ..Default::default() };
    if pvh {
        (sregs.cr0, sregs.cr4) = (0x11, 0); // ET, PE
        regs.rbx = START_INFO;
    } else {
        mem.write_obj(PDPT | 3, At(PML4))?;
        mem.write_obj(PD | 3, At(PDPT))?;
        (0..512).try_for_each(|i: u64| mem.write_obj(i << 21 | 0x83, At(PD + 8 * i)))?;
        sregs.cr3 = PML4;
        sregs.cr0 |= 1 << 31 | 1; // PG, PE
        sregs.cr4 |= 1 << 5; // PAE
        sregs.efer |= 0x500; // LMA, LME
        (regs.rsp, regs.rbp, regs.rsi) = (STACK, STACK, ZERO_PAGE);
    }
    vcpu.set_sregs(&sregs)?;
    vcpu.set_regs(&regs)?;
    Ok(vcpu.set_fpu(&kvm_fpu { fcw: 0x37f, mxcsr: 0x1f80, ..Default::default() })?)
}

/// CPUID, the MSRs and the local APIC
fn set_features(kvm: &Kvm, vcpu: &VcpuFd) -> Result<()> {
    let mut cpuid = kvm.get_supported_cpuid(KVM_MAX_CPUID_ENTRIES)?;
    let deadline = u32::from(kvm.check_extension(Cap::TscDeadlineTimer)) << 24;
    for leaf in cpuid.as_mut_slice().iter_mut().filter(|leaf| leaf.function == 1) {
        leaf.ecx |= 1 << 31 | deadline; // there is a hypervisor
        leaf.ebx &= 0xff_ffff; // the APIC's ID is 0
    }
    vcpu.set_cpuid2(&cpuid)?;
    // Fast strings; memory is write-back.
    let msr = |index, data| kvm_msr_entry { index, data, ..Default::default() };
    vcpu.set_msrs(&Msrs::from_entries(&[msr(0x1a0, 1), msr(0x2ff, 1 << 11 | 6)])?)?;
    // LINT0 takes the interrupt controller's interrupts, LINT1 NMIs.
    let mut lapic = vcpu.get_lapic()?;
    (lapic.regs[0x351], lapic.regs[0x361]) = (7, 4);
    Ok(vcpu.set_lapic(&lapic)?)
}

struct Interrupt(EventFd);

impl Trigger for Interrupt {
    type E = io::Error;
    fn trigger(&self) -> io::Result<()> {
        self.0.write(1)
    }
}

/// Run the guest to its end, and say what that is.
fn run(layout: &Layout, vm: &VmFd, vcpu: &mut VcpuFd) -> Result<&'static str> {
    let irq = EventFd::new(0)?;
    vm.register_irqfd(&irq, u32::from(SERIAL_IRQ))?;
    let mut serial = Serial::new(Interrupt(irq), io::stdout());
    loop {
        match vcpu.run()? {
            VcpuExit::IoOut(port, data) => match (port, data[0]) {
                (0x3f8..=0x3ff, byte) => serial.write((port - SERIAL) as u8, byte)?,
                (0x64, 0xfe) => return Ok("reset, keyboard controller"),
                (DEBUG, _) if !layout.firecracker => io::stderr().write_all(data)?,
                (ACPI_PORT, 1) if !layout.firecracker => return Ok("reset, ACPI"),
                (ACPI_PORT, 0x34) if !layout.firecracker => return Ok("power-off"),
                _ => {}
            },
            VcpuExit::IoIn(port, data) => match port {
                0x3f8..=0x3ff => data.fill(serial.read((port - SERIAL) as u8)),
                // With all bits set the kernel waits for the keyboard, or a clock's update.
                ACPI_PORT | 0x60 | 0x64 | 0x71 => data.fill(0),
                _ => data.fill(0xff),
            },
            VcpuExit::MmioRead(_, data) => data.fill(0xff),
            VcpuExit::MmioWrite(..) => {}
            VcpuExit::Shutdown => return Ok("triple fault"),
            exit => return Err(format!("KVM: {exit:?}").into()),
        }
    }
}

fn boot(args: &[String]) -> Result<&'static str> {
    let [layout, acpi, mib, kernel, initrd, text] = args else { return Err(USAGE.into()) };
    let layout = match layout.as_str() {
        "firecracker" => FIRECRACKER,
        "cloud-hypervisor" => CLOUD_HYPERVISOR,
        other => return Err(format!("no layout '{other}': {USAGE}").into()),
    };
    let acpi = match acpi.as_str() {
        "acpi" | "no-acpi" => acpi == "acpi",
        other => return Err(format!("neither acpi nor no-acpi: '{other}': {USAGE}").into()),
    };
    let size = u64::from(mib.parse::<u32>().map_err(|e| format!("MIB '{mib}': {e}"))?) << 20;
    let below = size.min(HOLE.start);
    let mut elf = File::open(kernel).map_err(|e| format!("KERNEL '{kernel}': {e}"))?;
    let ramdisk = fs::read(initrd).map_err(|e| format!("INITRD '{initrd}': {e}"))?;

    let kvm = Kvm::new()?;
    let vm = kvm.create_vm()?;
    vm.set_tss_address(0xfffb_d000)?;
    vm.create_irq_chip()?;
    vm.create_pit2(kvm_pit_config { flags: KVM_PIT_SPEAKER_DUMMY, ..Default::default() })?;
    let ranges = [(At(0), below as usize), (At(HOLE.end), (size - below) as usize)];
    let mem = Memory::from_ranges(&ranges[..1 + usize::from(size > below)])?;
    for (slot, region) in mem.iter().enumerate() {
        let region = kvm_userspace_memory_region {
            slot: slot as u32,
            guest_phys_addr: region.start_addr().0,
            memory_size: region.len(),
            userspace_addr: mem.get_host_address(region.start_addr())? as u64,
            flags: 0,
        };
        // SAFETY: the memory is there for as long as the machine.
        unsafe { vm.set_user_memory_region(region)? };
    }

    let loaded = Elf::load(&mem, None, &mut elf, Some(At(HIGH_RAM)))?;
    let (pvh, entry) = match loaded.pvh_boot_cap {
        PvhBootCapability::PvhEntryPresent(at) => (true, at.0),
        _ if layout.firecracker => (false, loaded.kernel_load.0),
        none => return Err(none.to_string().into()),
    };
    eprintln!("monitor: {}; entry {entry:#x}, end {:#x}", loaded.pvh_boot_cap, loaded.kernel_end);
    let at = below.checked_sub(ramdisk.len() as u64).ok_or("INITRD: it is larger than RAM")? & !0xfff;
    let initrd = (at, ramdisk.len() as u64);
    mem.write_slice(&ramdisk, At(initrd.0))?;
    let mut cmdline = Cmdline::new(if layout.firecracker { 2048 } else { 0x1_0000 })?;
    cmdline.insert_str(text)?;
    load_cmdline(&mem, At(CMDLINE), &cmdline)?;
    write_mptable(&layout, &mem)?;
    if acpi {
        write_acpi(&layout, &mem)?;
    }
    if pvh {
        write_start_info(&layout, &mem, initrd, acpi)?;
    } else {
        write_zero_page(&layout, &mem, initrd, acpi, text.len() + 1)?;
    }
    let mut vcpu = vm.create_vcpu(0)?;
    set_features(&kvm, &vcpu)?;
    set_registers(&vcpu, &mem, pvh, entry)?;
    run(&layout, &vm, &mut vcpu)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let end = boot(&args).unwrap_or_else(|e| {
        eprintln!("monitor: error: {e}");
        std::process::exit(1)
    });
    eprintln!("monitor: the guest ends: {end}");
}
