/* The kernel's calls without a C library, for the one program here that must not carry one. */
#ifndef SLIPWAY_INIT_KERNEL_H
#define SLIPWAY_INIT_KERNEL_H

#include <asm/unistd.h>

/* One call with up to four arguments; a negative result is -errno. syscall(2), "Architecture calling conventions". */
static inline long kernel(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
  register long fourth __asm__("r10") = d;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long number_in __asm__("x8") = number;
  register long first __asm__("x0") = a;
  register long second __asm__("x1") = b;
  register long third __asm__("x2") = c;
  register long fourth __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(first) : "r"(number_in), "r"(second), "r"(third), "r"(fourth) : "memory");
  return first;
#elif defined(__riscv)
  register long number_in __asm__("a7") = number;
  register long first __asm__("a0") = a;
  register long second __asm__("a1") = b;
  register long third __asm__("a2") = c;
  register long fourth __asm__("a3") = d;
  __asm__ volatile("ecall" : "+r"(first) : "r"(number_in), "r"(second), "r"(third), "r"(fourth) : "memory");
  return first;
#else
#error "core/init/kernel.h and init.c need this architecture's system call and entry"
#endif
}

/* The process's entry: the initial stack's address goes to begin(), which does not return. */
#if defined(__x86_64__)
#define SLIPWAY_INIT_ENTRY "mov %rsp, %rdi\n and $-16, %rsp\n call begin\n hlt\n"
#elif defined(__aarch64__)
#define SLIPWAY_INIT_ENTRY "mov x0, sp\n bl begin\n brk 1\n"
#elif defined(__riscv)
#define SLIPWAY_INIT_ENTRY "mv a0, sp\n andi sp, sp, -16\n call begin\n ebreak\n"
#endif

#endif
