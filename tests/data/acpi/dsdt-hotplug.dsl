/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hw/acpi/dsdt.c must build for three possible CPUs of which the first is cold, in the ASL of
 * docs/devel/hotplug.md. dsdt-hotplug.aml is this file, compiled (iasl -on -of): the test compares
 * with it, and recompiles this file where iasl is installed.
 */
DefinitionBlock ("", "DSDT", 2, "SPARE ", "SPARECOR", 1)
{
    Scope (\_SB)
    {
        Device (COM0)
        {
            Name (_HID, "ARMH0011")
            Name (_UID, 0)
            Name (_CRS, ResourceTemplate ()
            {
                Memory32Fixed (ReadWrite, 0x09000000, 0x00001000)
                Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 0x21 }
            })
        }

        Device (PWRB)
        {
            Name (_HID, "PNP0C0C")
            Name (_UID, 0)
        }

        Device (\_SB.GED)
        {
            Name (_HID, "ACPI0013")
            Name (_UID, "GED")
            Name (_CRS, ResourceTemplate ()
            {
                Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 0x29 }
            })
            OperationRegion (EREG, SystemMemory, 0x09080000, 0x04)
            Field (EREG, DWordAcc, NoLock, WriteAsZeros) { ESEL, 32 }
            Method (_EVT, 1, Serialized)
            {
                Local0 = ESEL
                If (((Local0 & 0x02) == 0x02)) { Notify (\_SB.PWRB, 0x80) }
                If (((Local0 & 0x08) == 0x08)) { \_SB.GED.CSCN () }
            }
        }

        Device (\_SB.PRES)
        {
            Name (_HID, "PNP0A06")
            Name (_UID, "CPU Hotplug resources")
            Mutex (CPLK, 0)
            Name (_CRS, ResourceTemplate ()
            {
                Memory32Fixed (ReadWrite, 0x090C0000, 0x0000000C)
            })
            OperationRegion (PRST, SystemMemory, 0x090C0000, 0x0C)
            Field (PRST, ByteAcc, NoLock, WriteAsZeros)
            {
                Offset (0x04),
                CPEN, 1, CINS, 1, CRMV, 1, CEJ0, 1, CEJF, 1, CPRS, 1, , 2,
                CCMD, 8
            }
            Field (PRST, DWordAcc, NoLock, Preserve)
            {
                CSEL, 32,
                Offset (0x08),
                CDAT, 32
            }
        }

        Device (\_SB.CPUS)
        {
            Name (_HID, "ACPI0010")
            Name (_CID, "PNP0A05")

            Method (CTFY, 2, NotSerialized)
            {
                If ((Arg0 == 0)) { Notify (C000, Arg1) Return () }
                If ((Arg0 == 1)) { Notify (C001, Arg1) Return () }
                If ((Arg0 == 2)) { Notify (C002, Arg1) Return () }
            }

            Method (CSTA, 1, Serialized)
            {
                Acquire (\_SB.PRES.CPLK, 0xFFFF)
                \_SB.PRES.CSEL = Arg0
                Local0 = 0x0D
                If ((\_SB.PRES.CPEN == 1)) { Local0 = 0x0F }
                Release (\_SB.PRES.CPLK)
                Return (Local0)
            }

            Method (CEJ0, 1, Serialized)
            {
                Acquire (\_SB.PRES.CPLK, 0xFFFF)
                \_SB.PRES.CSEL = Arg0
                \_SB.PRES.CEJ0 = 1
                Release (\_SB.PRES.CPLK)
            }

            Method (CSCN, 0, Serialized)
            {
                Acquire (\_SB.PRES.CPLK, 0xFFFF)
                Local0 = 0
                While ((Local0 < 0x03))
                {
                    \_SB.PRES.CSEL = Local0
                    \_SB.PRES.CCMD = 0
                    Local1 = \_SB.PRES.CDAT
                    If ((Local1 < Local0)) { Break }
                    Local2 = \_SB.PRES.CINS
                    Local3 = \_SB.PRES.CRMV
                    If ((Local2 == 0)) { If ((Local3 == 0)) { Break } }
                    If (Local2)
                    {
                        CTFY (Local1, 1)
                        \_SB.PRES.CINS = 1
                    }
                    If (Local3)
                    {
                        CTFY (Local1, 3)
                        \_SB.PRES.CRMV = 1
                    }
                    Local0 = (Local1 + 1)
                }
                Release (\_SB.PRES.CPLK)
            }

            Method (COST, 4, Serialized)
            {
                Acquire (\_SB.PRES.CPLK, 0xFFFF)
                \_SB.PRES.CSEL = Arg0
                \_SB.PRES.CCMD = 1
                \_SB.PRES.CDAT = Arg1
                \_SB.PRES.CCMD = 2
                \_SB.PRES.CDAT = Arg2
                Release (\_SB.PRES.CPLK)
            }

            Device (C000)
            {
                Name (_HID, "ACPI0007")
                Name (_UID, 0)
                Method (_STA, 0, Serialized) { Return (CSTA (0)) }
                Method (_OST, 3, Serialized) { COST (0, Arg0, Arg1, Arg2) }
            }

            Device (C001)
            {
                Name (_HID, "ACPI0007")
                Name (_UID, 1)
                Method (_STA, 0, Serialized) { Return (CSTA (1)) }
                Method (_EJ0, 1, NotSerialized) { CEJ0 (1) }
                Method (_OST, 3, Serialized) { COST (1, Arg0, Arg1, Arg2) }
            }

            Device (C002)
            {
                Name (_HID, "ACPI0007")
                Name (_UID, 2)
                Method (_STA, 0, Serialized) { Return (CSTA (2)) }
                Method (_EJ0, 1, NotSerialized) { CEJ0 (2) }
                Method (_OST, 3, Serialized) { COST (2, Arg0, Arg1, Arg2) }
            }
        }

        Method (\_SB.GED.CSCN, 0, Serialized) { \_SB.CPUS.CSCN () }
    }
}
