/* The least that such work costs: one straight pass over the bytes that counts words, hashes them,
   rolls shingles of four, and keeps 128 minima for each passage. It finds nothing and proves nothing.
   A word is a run of letters and digits, in scripts without spaces one character; . ! ? and a line
   end close a passage. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MINIMA = 128, SIZE = 4 };
static const uint64_t STEP = 0x9E3779B97F4A7C15u;
static uint32_t factor[MINIMA], summand[MINIMA], minima[MINIMA], told;
static uint64_t words, passages, last[SIZE], rolled, in_passage, highest = 1;

static void word(uint64_t hash) {
    rolled = (rolled - last[in_passage % SIZE] * highest) * STEP + hash;
    last[in_passage % SIZE] = hash;
    words++;
    if (++in_passage < SIZE) return;
    uint32_t shingle = (uint32_t)((rolled ^ rolled >> 29) * STEP >> 32);
    for (int i = 0; i < MINIMA; i++) {
        uint32_t value = factor[i] * shingle + summand[i];
        minima[i] = value < minima[i] ? value : minima[i];
    }
}

static void passage(void) {
    if (in_passage >= SIZE) passages++;
    for (int i = 0; i < MINIMA; i++) told ^= minima[i];
    memset(minima, 0xff, sizeof minima);
    memset(last, 0, sizeof last);
    rolled = in_passage = 0;
}

int main(int count, char **names) {
    static unsigned char bytes[1 << 16];
    FILE *file = count > 1 ? fopen(names[1], "rb") : NULL;
    if (!file) return 2;
    uint64_t hash = 0;
    for (int i = 1; i < SIZE; i++) highest *= STEP;
    for (int i = 0; i < MINIMA; i++) {
        factor[i] = (uint32_t)((i + 1) * STEP >> 32) | 1;
        summand[i] = (uint32_t)((i + 1) * STEP);
    }
    passage();
    for (size_t size, at; (size = fread(bytes, 1, sizeof bytes, file));)
        for (at = 0; at < size; at++) {
            unsigned char byte = bytes[at];
            int ideograph = byte >= 0xE3 && byte <= 0xE9; /* the first of three bytes */
            int letter = byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                         ((byte | 32) >= 'a' && (byte | 32) <= 'z');
            if ((!letter || ideograph) && hash) word(hash), hash = 0;
            if (letter) hash = (hash ^ (byte < 0x80 ? byte | 32 : byte)) * STEP + 1;
            if (byte == '.' || byte == '!' || byte == '?' || byte == '\n') passage();
        }
    if (hash) word(hash);
    passage();
    printf("%llu words, %llu passages, %x\n", (unsigned long long)words,
           (unsigned long long)passages, told);
    return 0;
}
