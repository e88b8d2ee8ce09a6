// SPDX-License-Identifier: GPL-2.0
/*
 * One function for each compressor that Linux offers for its bzImage. Libraries
 * decompress; what is around their streams and blocks is read here, as the
 * kernel's own decompressors (lib/decompress_*.c) do.
 */

#include <bzlib.h>
#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "pvhinfo.h"

#define LZ4_CHUNK	(8U << 20)
#define LZOP_BLOCK	(256U << 10)
#define FIRST_ROOM	0x100000U
#define WINDOW_SHARE	8

#define LZOP_ADLER32_D	0x001
#define LZOP_ADLER32_C	0x002
#define LZOP_FILTER	0x800
#define LZOP_CRC32_D	0x100
#define LZOP_CRC32_C	0x200
#define LZOP_H_CRC32	0x1000

struct out {
	uint8_t *p;
	size_t size;
	size_t room;
	size_t limit;
};

struct compressor {
	const char *name;
	const char *magic;
	size_t magic_size;
	bool appended;		/* the build appends the unpacked size */
	/* Up to the end of the stream, of which the number of bytes is returned */
	bool (*unpack)(struct kernel *k, const struct bytes *in, struct out *out, size_t *used);
};

/* Room for at least one more byte, and no more than there may be */
static bool more_room(struct kernel *k, struct out *out)
{
	size_t room = out->room ? out->room * 2 : FIRST_ROOM;
	uint8_t *p;

	if (out->size < out->room)
		return true;
	if (out->size >= out->limit)
		return refuse(k, "unpacked size: goes beyond 0x%zx bytes, the most that it may be",
			      out->limit);
	if (room > out->limit)
		room = out->limit;
	p = realloc(out->p, room);
	if (!p)
		return refuse(k, "unpacked size 0x%zx: no memory for that", room);
	out->p = p;
	out->room = room;

	return true;
}

static bool put(struct kernel *k, struct out *out, const uint8_t *p, size_t n)
{
	while (n) {
		size_t now;

		if (!more_room(k, out))
			return false;
		now = out->room - out->size < n ? out->room - out->size : n;
		memcpy(out->p + out->size, p, now);
		out->size += now;
		p += now;
		n -= now;
	}

	return true;
}

static bool broken(struct kernel *k, size_t at, const char *why)
{
	return refuse(k, "%s data at 0x%zx: %s", compression_name(k->compression), at, why);
}

static const char stream_ends[] = "ends ahead of the end of the stream";

/* The interfaces of these libraries count in 32 bits. */
static unsigned int at_most(size_t n)
{
	return n < UINT_MAX ? n : UINT_MAX;
}

static bool unpack_gzip(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	z_stream z = { 0 };
	int ret = Z_OK;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return refuse(k, "gzip: no memory");
	z.next_in = (Bytef *)in->p;
	while (ret == Z_OK) {
		unsigned int room;

		if (!more_room(k, out)) {
			inflateEnd(&z);
			return false;
		}
		if (!z.avail_in)
			z.avail_in = at_most(in->p + in->size - z.next_in);
		room = at_most(out->room - out->size);
		z.next_out = out->p + out->size;
		z.avail_out = room;
		ret = inflate(&z, Z_NO_FLUSH);
		out->size += room - z.avail_out;
	}
	*used = z.next_in - in->p;
	if (ret != Z_STREAM_END)
		broken(k, *used, ret == Z_BUF_ERROR ? stream_ends : z.msg ? z.msg : zError(ret));
	inflateEnd(&z);

	return ret == Z_STREAM_END;
}

static bool unpack_bzip2(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	bz_stream bz = { 0 };
	int ret = BZ_OK;

	if (BZ2_bzDecompressInit(&bz, 0, 0) != BZ_OK)
		return refuse(k, "bzip2: no memory");
	bz.next_in = (char *)in->p;
	while (ret == BZ_OK) {
		size_t left = in->p + in->size - (const uint8_t *)bz.next_in;
		unsigned int room;

		if (!more_room(k, out)) {
			BZ2_bzDecompressEnd(&bz);
			return false;
		}
		if (!bz.avail_in)
			bz.avail_in = at_most(left);
		room = at_most(out->room - out->size);
		bz.next_out = (char *)out->p + out->size;
		bz.avail_out = room;
		ret = BZ2_bzDecompress(&bz);
		out->size += room - bz.avail_out;
		if (ret == BZ_OK && !left && bz.avail_out)
			ret = BZ_UNEXPECTED_EOF;
	}
	*used = (const uint8_t *)bz.next_in - in->p;
	BZ2_bzDecompressEnd(&bz);
	if (ret == BZ_STREAM_END)
		return true;

	return broken(k, *used, ret == BZ_UNEXPECTED_EOF ? stream_ends :
		      ret == BZ_MEM_ERROR ? "no memory" : "damaged");
}

static const char *lzma_why(lzma_ret ret)
{
	switch (ret) {
	case LZMA_MEM_ERROR:
		return "no memory";
	case LZMA_MEMLIMIT_ERROR:
		return "its dictionary takes too much memory";
	case LZMA_FORMAT_ERROR:
		return "not of this format";
	case LZMA_OPTIONS_ERROR:
		return "options that are not supported";
	case LZMA_BUF_ERROR:
		return stream_ends;
	default:
		return "damaged";
	}
}

static bool run_lzma(struct kernel *k, const struct bytes *in, struct out *out, size_t *used,
		     lzma_stream *s, lzma_ret ret)
{
	s->next_in = in->p;
	s->avail_in = in->size;
	while (ret == LZMA_OK) {
		size_t room;

		if (!more_room(k, out)) {
			lzma_end(s);
			return false;
		}
		room = out->room - out->size;
		s->next_out = out->p + out->size;
		s->avail_out = room;
		ret = lzma_code(s, LZMA_RUN);
		out->size += room - s->avail_out;
	}
	*used = in->size - s->avail_in;
	lzma_end(s);
	if (ret == LZMA_STREAM_END)
		return true;

	return broken(k, *used, lzma_why(ret));
}

/* xz -9 takes 64 MiB, the kernel's build takes 128 MiB. */
static uint64_t lzma_memory(const struct kernel *k)
{
	return k->max_unpacked / 4;
}

static bool unpack_lzma(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	lzma_stream s = LZMA_STREAM_INIT;

	return run_lzma(k, in, out, used, &s, lzma_alone_decoder(&s, lzma_memory(k)));
}

static bool unpack_xz(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	lzma_stream s = LZMA_STREAM_INIT;

	return run_lzma(k, in, out, used, &s, lzma_stream_decoder(&s, lzma_memory(k), 0));
}

/* What lzop writes ahead of the blocks; the kernel looks at less of it */
static bool read_lzop_header(struct kernel *k, const struct bytes *in, size_t *at, uint32_t *flags)
{
	const size_t start = 9;		/* of what the checksum is of: behind the magic */
	uint16_t version;
	uint32_t sum;
	uint8_t name;

	if (!has(in, 0, start + 8 + 4))
		return broken(k, in->size, "ends in lzop's header");
	version = be16(in->p + start);
	*at = start + (version >= 0x0940 ? 8 : 7);
	*flags = be32(in->p + *at);
	*at += *flags & LZOP_FILTER ? 8 : 4;
	*at += version >= 0x0940 ? 12 : 8;	/* mode, time */
	if (!has(in, *at, 1))
		return broken(k, in->size, "ends in lzop's header");
	name = in->p[*at];
	*at += 1 + name;
	if (!has(in, *at, 4))
		return broken(k, in->size, "ends in lzop's header");
	sum = *flags & LZOP_H_CRC32 ? crc32(0, in->p + start, *at - start) :
				      adler32(1, in->p + start, *at - start);
	if (CHECKSUMS && sum != be32(in->p + *at))
		return broken(k, *at, "not the checksum of lzop's header");
	*at += 4;
	/* The kernel skips one checksum. */
	if ((*flags & (LZOP_ADLER32_C | LZOP_CRC32_C)) ||
	    !(*flags & LZOP_ADLER32_D) == !(*flags & LZOP_CRC32_D))
		return broken(k, *at, "of checksums that the kernel does not know");

	return true;
}

/* The block at @at, into @block and from there to @out. A block of 0 bytes is the end. */
static bool unpack_lzop_block(struct kernel *k, const struct bytes *in, struct out *out,
			      uint8_t *block, uint32_t flags, size_t *at, bool *end)
{
	uint32_t dst, src, sum;
	lzo_uint len;

	if (!has(in, *at, 4))
		return broken(k, *at, stream_ends);
	dst = be32(in->p + *at);
	*end = !dst;
	if (*end) {
		*at += 4;
		return true;
	}
	if (!has(in, *at, 12))
		return broken(k, *at, stream_ends);
	src = be32(in->p + *at + 4);
	sum = be32(in->p + *at + 8);
	if (dst > LZOP_BLOCK || !src || src > dst)
		return broken(k, *at, "a block of a size that cannot be");
	*at += 12;
	if (!has(in, *at, src))
		return broken(k, *at, stream_ends);
	len = dst;
	if (src == dst)
		memcpy(block, in->p + *at, src);
	else if (lzo1x_decompress_safe(in->p + *at, src, block, &len, NULL) != LZO_E_OK ||
		 len != dst)
		return broken(k, *at, "damaged");
	if (CHECKSUMS && sum != (flags & LZOP_CRC32_D ? crc32(0, block, dst) :
				adler32(1, block, dst)))
		return broken(k, *at, "not the checksum of the block");
	if (!put(k, out, block, dst))
		return false;
	*at += src;

	return true;
}

static bool unpack_lzo(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	bool ok = true, end = false;
	uint32_t flags = 0;
	uint8_t *block;
	size_t at = 0;

	if (!read_lzop_header(k, in, &at, &flags))
		return false;
	if (lzo_init() != LZO_E_OK)
		return refuse(k, "lzo: not the library that this was built for");
	block = malloc(LZOP_BLOCK);
	if (!block)
		return refuse(k, "lzo: no memory");
	while (ok && !end)
		ok = unpack_lzop_block(k, in, out, block, flags, &at, &end);
	free(block);
	*used = at;

	return ok;
}

/* The legacy format: chunks of 8 MiB, each behind its packed size */
static bool unpack_lz4(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	char *chunk = malloc(LZ4_CHUNK);
	bool ok = true;
	size_t at = 4;

	if (!chunk)
		return refuse(k, "lz4: no memory");
	while (ok && at < in->size) {
		uint32_t size;
		int len;

		if (!has(in, at, 4)) {
			ok = broken(k, at, stream_ends);
			break;
		}
		size = le32(in->p + at);
		at += 4;
		if (!memcmp(in->p + at - 4, "\x02\x21\x4c\x18", 4))
			continue;
		if (!size || size > LZ4_COMPRESSBOUND(LZ4_CHUNK)) {
			ok = broken(k, at - 4, "a chunk of a size that cannot be");
			break;
		}
		if (!has(in, at, size)) {
			ok = broken(k, at, stream_ends);
			break;
		}
		len = LZ4_decompress_safe((const char *)in->p + at, chunk, size, LZ4_CHUNK);
		ok = len >= 0 ? put(k, out, (uint8_t *)chunk, len) : broken(k, at, "damaged");
		at += size;
	}
	free(chunk);
	*used = at;

	return ok;
}

static bool unpack_zstd(struct kernel *k, const struct bytes *in, struct out *out, size_t *used)
{
	ZSTD_inBuffer from = { in->p, in->size, 0 };
	ZSTD_DStream *s = ZSTD_createDStream();
	size_t ret = 1;
	int window = 10;

	if (!s)
		return refuse(k, "zstd: no memory");
	while (window < 30 && 2UL << window <= k->max_unpacked / WINDOW_SHARE)
		window++;
	ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, window);
	while (ret) {
		ZSTD_outBuffer to;
		size_t before = from.pos;

		if (!more_room(k, out)) {
			ZSTD_freeDStream(s);
			return false;
		}
		to = (ZSTD_outBuffer){ out->p, out->room, out->size };
		ret = ZSTD_decompressStream(s, &to, &from);
		if (ZSTD_isError(ret) ||
		    (ret && from.pos == before && to.pos == out->size)) {
			broken(k, from.pos,
			       ZSTD_isError(ret) ? ZSTD_getErrorName(ret) : stream_ends);
			ZSTD_freeDStream(s);
			return false;
		}
		out->size = to.pos;
	}
	ZSTD_freeDStream(s);
	*used = from.pos;

	return true;
}

static const struct compressor compressors[] = {
	[COMPRESSION_NONE]  = { .name = "none" },
	[COMPRESSION_GZIP]  = { "gzip", "\x1f\x8b", 2, false, unpack_gzip },
	[COMPRESSION_BZIP2] = { "bzip2", "BZh", 3, true, unpack_bzip2 },
	[COMPRESSION_LZMA]  = { "lzma", "\x5d\0", 2, true, unpack_lzma },
	[COMPRESSION_XZ]    = { "xz", "\3757zXZ", 6, true, unpack_xz },
	[COMPRESSION_LZO]   = { "lzo", "\x89LZO\0\r\n\x1a\n", 9, true, unpack_lzo },
	[COMPRESSION_LZ4]   = { "lz4", "\x02\x21\x4c\x18", 4, true, unpack_lz4 },
	[COMPRESSION_ZSTD]  = { "zstd", "\x28\xb5\x2f\xfd", 4, true, unpack_zstd },
};

const char *compression_name(enum compression c)
{
	return compressors[c].name;
}

enum compression detect(const struct bytes *packed)
{
	enum compression c;

	for (c = COMPRESSION_ZSTD; c != COMPRESSION_NONE; c--) {
		if (has(packed, 0, compressors[c].magic_size) &&
		    !memcmp(packed->p, compressors[c].magic, compressors[c].magic_size))
			break;
	}

	return c;
}

/*
 * What a bzImage's payload unpacks to is of the size that its last 32 bits say,
 * and fits in the memory that the header says: it is unpacked in that.
 */
static bool limit(struct kernel *k, const struct bytes *packed, size_t *limit, uint32_t *says)
{
	*says = le32(packed->p + packed->size - 4);
	if (*says > k->max_unpacked)
		return refuse(k,
			      "unpacked size 0x%x: says the end of the payload; no more than 0x%zx is taken",
			      *says, k->max_unpacked);
	if (k->setup.init_size && *says > k->setup.init_size)
		return refuse(k,
			      "unpacked size 0x%x: says the end of the payload, and init_size is less, 0x%x",
			      *says, k->setup.init_size);
	/* One byte more would be too much, but has to be seen */
	*limit = (size_t)*says + 1;

	return true;
}

/**
 * unpack() - To k->unpacked and k->image, as k->compression says
 * @k: the kernel
 * @packed: from the magic on
 * @has_size: it is a bzImage's, which says how much it is
 *
 * Return: whether it could be unpacked
 */
bool unpack(struct kernel *k, const struct bytes *packed, bool has_size)
{
	const struct compressor *c = &compressors[k->compression];
	struct out out = { .limit = k->max_unpacked };
	struct bytes in = *packed;
	size_t used = 0;
	uint32_t says = 0;
	bool ok;

	if (has_size && !limit(k, packed, &out.limit, &says))
		return false;
	if (has_size && c->appended)
		in.size -= 4;
	ok = c->unpack(k, &in, &out, &used);
	k->unpacked = out.p;
	k->image = (struct bytes){ out.p, out.size };
	if (!ok)
		return false;
	if (has_size && out.size != says)
		return refuse(k, "unpacked size 0x%zx: the end of the payload says 0x%x",
			      out.size, says);
	if (has_size && used != in.size)
		return refuse(k, "bzImage payload_length 0x%zx: the %s data ends at 0x%zx",
			      packed->size, c->name, used);

	return true;
}
