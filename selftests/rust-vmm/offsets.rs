// SPDX-License-Identifier: GPL-2.0
//! The offset and size of each member of the loader crate's PVH structs, and the size of
//! each struct. offsets.c prints those of the kernel's.

use linux_loader::loader::elf::start_info::*;
use std::mem::{offset_of, size_of, size_of_val};

macro_rules! print {
    ($type:ident: $($member:ident)*) => {
        let object = $type::default();
        $(
            // "type" is a word of the language, so the crate's has an underscore.
            let name = stringify!($member).trim_end_matches('_');
            println!("{} {name} {} {}", stringify!($type), offset_of!($type, $member), size_of_val(&object.$member));
        )*
        println!("{} all 0 {}", stringify!($type), size_of::<$type>());
    };
}

fn main() {
    print!(hvm_start_info: magic version flags nr_modules modlist_paddr cmdline_paddr rsdp_paddr
           memmap_paddr memmap_entries reserved);
    print!(hvm_modlist_entry: paddr size cmdline_paddr reserved);
    print!(hvm_memmap_table_entry: addr size type_ reserved);
    println!("magic {XEN_HVM_START_MAGIC_VALUE:#x}");
}
