"""The order of a block's variants without a C++ library, from the standard's definitions.

ISO/IEC 14882:2020, [rand.util.seedseq], [rand.eng.mers], [rand.predef] (mt19937_64); Lemire's and Durstenfeld's methods
as core/compare/random.cpp names them. For against_scipy.py.
"""
LOW_32 = (1 << 32) - 1
LOW_64 = (1 << 64) - 1
WORDS = 312  # of the generator's state
LOW_BITS = 31


def seed_sequence(seeds, count):
    """seed_seq::generate."""
    out = [0x8B8B8B8B] * count
    shift = 11 if count >= 623 else 7 if count >= 68 else 5 if count >= 39 else 3 if count >= 7 else (count - 1) // 2
    p = (count - shift) // 2
    q = p + shift
    rounds = max(len(seeds) + 1, count)
    for k in range(rounds):
        mixed = out[k % count] ^ out[(k + p) % count] ^ out[(k - 1) % count]
        first = 1664525 * (mixed ^ mixed >> 27) & LOW_32
        added = len(seeds) if k == 0 else k % count + (seeds[k - 1] if k <= len(seeds) else 0)
        second = first + added & LOW_32
        out[(k + p) % count] = out[(k + p) % count] + first & LOW_32
        out[(k + q) % count] = out[(k + q) % count] + second & LOW_32
        out[k % count] = second
    for k in range(rounds, rounds + count):
        mixed = out[k % count] + out[(k + p) % count] + out[(k - 1) % count] & LOW_32
        third = 1566083941 * (mixed ^ mixed >> 27) & LOW_32
        fourth = third - k % count & LOW_32
        out[(k + p) % count] ^= third
        out[(k + q) % count] ^= fourth
        out[k % count] = fourth
    return out


class Random:
    """As Random in core/compare/random.hpp."""

    def __init__(self, seed, sequence):
        halves = [seed & LOW_32, seed >> 32, sequence & LOW_32, sequence >> 32]
        words = seed_sequence(halves, 2 * WORDS)
        self.state = [words[2 * i] | words[2 * i + 1] << 32 for i in range(WORDS)]
        self.next = WORDS

    def twist(self):
        low = (1 << LOW_BITS) - 1
        for i in range(WORDS):
            joined = self.state[i] & ~low | self.state[(i + 1) % WORDS] & low
            self.state[i] = self.state[(i + 156) % WORDS] ^ joined >> 1 ^ (0xB5026F5AA96619E9 if joined & 1 else 0)
        self.next = 0

    def bits(self):
        if self.next == WORDS:
            self.twist()
        word = self.state[self.next]
        self.next += 1
        word ^= word >> 29 & 0x5555555555555555
        word ^= word << 17 & 0x71D67FFFEDA60000
        word ^= word << 37 & 0xFFF7EEE000000000
        return word ^ word >> 43

    def below(self, bound):
        while True:
            product = self.bits() * bound
            if product & LOW_64 >= (1 << 64) % bound:
                return product >> 64


def order_of_block(seed, block, variants):
    random = Random(seed, block)
    order = list(range(variants))
    for left in range(variants, 1, -1):
        other = random.below(left)
        order[left - 1], order[other] = order[other], order[left - 1]
    return order
