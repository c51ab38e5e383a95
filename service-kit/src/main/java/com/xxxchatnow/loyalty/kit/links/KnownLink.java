package com.xxxchatnow.loyalty.kit.links;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import java.time.Instant;
import java.util.Optional;

/**
 * What the records of {@code loyalty.link-updates.v1} about one user amount to. Everybody who reads
 * the topic concludes the same from it, here.
 *
 * <p>Webhooks may be lost and arrive in any order, so only an active link is knowledge. The end of
 * a link says that RRR has to be asked; an end made here (source LOCAL) is final.
 *
 * @param memberId the member, or the former one
 * @param receivedAt when it was learned or done
 */
public record KnownLink(String memberId, LinkStatus status, LinkSource source, Instant receivedAt) {

  /** A record by itself; empty when it says nothing about a user's link (PENDING, unknown). */
  public static Optional<KnownLink> of(LinkUpdated update) {
    return switch (update.getStatus()) {
      case ACTIVE, EXPIRED, REVOKED ->
          Optional.of(
              new KnownLink(
                  update.getMemberId(),
                  update.getStatus(),
                  update.getSource(),
                  update.getReceivedAt()));
      case PENDING, UNKNOWN -> Optional.empty();
    };
  }

  /** What is known after another record was read, in whatever order the two were written. */
  public KnownLink and(KnownLink other) {
    if (other.endedHere()) return lifts(other) ? this : other;
    if (endedHere()) return other.lifts(this) ? other : this;
    // The end of a link to one member says nothing about a link to another.
    if (active() && !other.active() && !memberId.equals(other.memberId)) return this;
    return other.isBefore(this) ? this : other;
  }

  /** Whether the user is linked to {@link #memberId}. */
  public boolean active() {
    return status == LinkStatus.ACTIVE;
  }

  /** Whether the user was unlinked here: RRR is not asked, and no webhook links them again. */
  public boolean endedHere() {
    return status == LinkStatus.REVOKED && source == LinkSource.LOCAL;
  }

  /** Whether this counts although the link was ended here. */
  private boolean lifts(KnownLink end) {
    var says = endedHere() || (active() && rank() >= rank(LinkSource.RRR_STATUS));
    return says && !isBefore(end);
  }

  private boolean isBefore(KnownLink other) {
    var order = receivedAt.compareTo(other.receivedAt);
    return order < 0 || (order == 0 && rank() < other.rank());
  }

  private int rank() {
    return rank(source);
  }

  /** At the same time the better source counts. */
  private static int rank(LinkSource source) {
    return switch (source) {
      case UNKNOWN -> 0;
      case WEBHOOK -> 1;
      case RRR_STATUS -> 2;
      case LOCAL -> 3;
    };
  }
}
