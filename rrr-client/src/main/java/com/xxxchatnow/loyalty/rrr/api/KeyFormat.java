package com.xxxchatnow.loyalty.rrr.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * How idempotency keys go over the wire ({@code RRR_IDEMPOTENCY_KEY_FORMAT}). Keys hold order ids,
 * which are opaque: whatever they contain, a key is a safe header and two keys stay two.
 */
public enum KeyFormat {
  /** The key as it stands; one that no header can carry is sent as {@link #UUID}. */
  PLAIN {
    @Override
    public String format(String key) {
      return fitsHeader(key) ? key : UUID.format(key);
    }
  },
  /** The name-based UUID (version 5, namespace OID) of the key in UTF-8. */
  UUID {
    @Override
    public String format(String key) {
      return version5(key).toString();
    }
  };

  private static final int MAX_LENGTH = 255;

  /** The key as RRR sees it, always the same for the same key. */
  public abstract String format(String key);

  /**
   * The key of a batch: a digest of its items' formatted keys, in their order.
   *
   * @param round 1, or more to ask anew about the same items: RRR would repeat its earlier answer
   *     to the batch under the same key
   */
  public String ofBatch(List<String> keys, int round) {
    if (round < 1) throw new IllegalArgumentException("rounds of a batch are counted from 1");
    var digest = digest("SHA-256");
    for (var key : keys) {
      var bytes = key.getBytes(UTF_8);
      digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
      digest.update(bytes);
    }
    var key = "earn_batch_" + HexFormat.of().formatHex(digest.digest());
    return format(round == 1 ? key : key + "_" + round);
  }

  private static boolean fitsHeader(String key) {
    return !key.isEmpty()
        && key.length() <= MAX_LENGTH
        && key.chars().allMatch(c -> c > 32 && c < 127);
  }

  private static java.util.UUID version5(String name) {
    var sha1 = digest("SHA-1");
    sha1.update(HexFormat.of().parseHex("6ba7b8129dad11d180b400c04fd430c8"));
    var hash = ByteBuffer.wrap(sha1.digest(name.getBytes(UTF_8)));
    var high = (hash.getLong() & ~0xF000L) | 0x5000L;
    var low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new java.util.UUID(high, low);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
