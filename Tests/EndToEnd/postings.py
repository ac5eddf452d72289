"""Reads the index of words of a course file as `PostingBlock` describes its bytes, independent of the program."""

import struct
from collections import defaultdict

from harness import check

GROUP = 128
LENGTHS = 2048


def unpack(content, count, bits):
    number, mask = int.from_bytes(content, "little"), (1 << bits) - 1
    return [number >> place * bits & mask for place in range(count)]


def block(content):
    """(chunk, frequency) of each posting; checks what a group says of itself."""
    count, first = struct.unpack_from("<HI", content)
    at, chunk, found = 6 + -(-count // GROUP) * 6, first - 1, []
    for number in range(-(-count // GROUP)):
        last, gap_bits, frequency_bits = struct.unpack_from("<IBB", content, 6 + 6 * number)
        size = min(GROUP, count - number * GROUP)
        middle = at + -(-size * gap_bits // 8)
        end = middle + -(-size * frequency_bits // 8)
        gaps, frequencies = unpack(content[at:middle], size, gap_bits), unpack(content[middle:end], size, frequency_bits)
        at = end
        for gap, less in zip(gaps, frequencies):
            chunk += gap + 1
            found.append((chunk, less + 1))
        check(chunk == last, "a group of postings that is not what it says")
    check(at == len(content), f"{len(content) - at} bytes behind a block of postings")
    return found


def indexed(connection):
    """Each chunk's id to (words, {term: frequency}); checks that no term is counted twice and that the sums are right."""
    lengths = {}
    for number, words in connection.execute("SELECT block, words FROM chunk_length"):
        for place, length in enumerate(struct.unpack(f"<{LENGTHS}H", words)):
            if length:
                lengths[number * LENGTHS + place] = length
    terms = defaultdict(dict)
    for term, content in [
            *connection.execute("SELECT text, postings FROM term JOIN posting ON posting.key >> 32 = term.number"),
            *connection.execute("SELECT term, postings FROM recent")]:
        for chunk, frequency in block(content):
            check(term not in terms[chunk], f"{term} stands twice for chunk {chunk}")
            terms[chunk][term] = frequency
    check(terms.keys() <= lengths.keys(), "postings of chunks without a length")
    chunks, words = connection.execute("SELECT english_chunks + portuguese_chunks, words FROM lexical_state").fetchone()
    check(words == sum(lengths.values()), f"{words} words counted, {sum(lengths.values())} in the chunks")
    check(chunks == connection.execute("SELECT count(*) FROM chunk").fetchone()[0], f"{chunks} chunks counted")
    for table in ("posting WHERE key >> 32 NOT IN (SELECT number FROM term)",
                  "recent WHERE segment NOT IN (SELECT id FROM recent_segment)"):
        check(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, f"rows that nobody finds: {table}")
    return {chunk: (length, terms[chunk]) for chunk, length in lengths.items()}
