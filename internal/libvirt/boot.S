# A boot sector that shows that a processor works: it enters long mode, computes
# a little, and switches the machine off by ACPI. boot.bin is made of it by
#
#   as boot.S -o boot.o && ld -m elf_x86_64 -Ttext 0x7c00 --oformat binary boot.o -o boot.bin

	.globl _start
	.code16
_start:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp

	# The first 2 MiB, mapped to themselves: tables at 0x1000, 0x2000, 0x3000.
	movw $0x1000, %di
	movw $0x1800, %cx
	rep stosw
	movl $0x2003, 0x1000
	movl $0x3003, 0x2000
	movl $0x0083, 0x3000

	lgdt table
	movl %cr4, %eax
	orl $0x20, %eax			# PAE
	movl %eax, %cr4
	movl $0x1000, %eax
	movl %eax, %cr3
	movl $0xc0000080, %ecx		# EFER
	rdmsr
	orl $0x100, %eax		# long mode
	wrmsr
	movl %cr0, %eax
	orl $0x80000001, %eax		# paging, protected mode
	movl %eax, %cr0
	ljmp $8, $long

	.code64
long:
	movabsq $0x123456789abcdef0, %rax
	movl $100000, %ecx
1:	imulq %rax, %rax
	orq $1, %rax
	loop 1b
	xorl %eax, %eax
	cpuid
	movw $0x604, %dx		# PM1a control of QEMU's q35
	movw $0x2000, %ax		# sleep, state 5
	outw %ax, %dx
2:	hlt
	jmp 2b

	.balign 8
descriptors:
	.quad 0
	.quad 0x00209a0000000000	# code, 64 bit
table:
	.word . - descriptors - 1
	.long descriptors

	.org 510
	.word 0xaa55
