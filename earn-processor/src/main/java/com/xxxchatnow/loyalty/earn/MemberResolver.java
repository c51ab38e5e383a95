package com.xxxchatnow.loyalty.earn;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.xxxchatnow.loyalty.kit.links.LinkTable;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Duration;
import java.time.Instant;

/**
 * Who is which member at RRR: as RRR's link events tell, else as RRR answers. An event goes before
 * every answer, and takes effect at once.
 */
final class MemberResolver implements AutoCloseable {
  private static final int MAX_ASKED = 100_000;
  private static final Duration ASKED_KEPT = Duration.ofMinutes(5);

  /** By answers; only those that name a member: who is not linked may be so in a moment. */
  private final Cache<String, String> asked =
      Caffeine.newBuilder().maximumSize(MAX_ASKED).expireAfterWrite(ASKED_KEPT).build();

  private final LinkTable told;
  private final RrrClient rrr;
  private final boolean asking;

  /** A user's member, or why there is none. */
  sealed interface Link {
    record Member(String id) implements Link {}

    record NotLinked(int attempts) implements Link {}

    /** Told not to be linked any more, since then. */
    record Left(String formerMember, Instant since) implements Link {}

    record Refused(Outcome.Refused<?> outcome) implements Link {}
  }

  /**
   * @param asking whether RRR may be asked ({@code RRR_LINK_ENABLED})
   */
  MemberResolver(KafkaSettings kafka, String clientId, RrrClient rrr, boolean asking) {
    this.rrr = rrr;
    this.asking = asking;
    this.told = new LinkTable(kafka, clientId, !asking, asked::invalidate);
  }

  /** Waits until the links that were told before the start are known. */
  void awaitCaughtUp() {
    told.awaitCaughtUp();
  }

  /**
   * @param call in case RRR is asked; without a deadline
   */
  Link of(String userId, CallOptions call) throws InterruptedException {
    var known = told.of(userId);
    if (known.isPresent()) return told(known.get());
    var answered = asked.getIfPresent(userId);
    if (answered != null) return new Link.Member(answered);
    return asking ? ask(userId, call) : new Link.NotLinked(0);
  }

  private static Link told(LinkTable.Told told) {
    return told.linked()
        ? new Link.Member(told.memberId())
        : new Link.Left(told.memberId(), told.since());
  }

  private Link ask(String userId, CallOptions call) throws InterruptedException {
    return switch (rrr.linkStatus(userId, call)) {
      case Outcome.Done<LinkStatus>(var status, var attempts, var _) -> {
        if (status.linked()) asked.put(userId, status.memberId());
        yield status.linked() ? new Link.Member(status.memberId()) : new Link.NotLinked(attempts);
      }
      case Outcome.Refused<?> refused ->
          refused.why() == Refusal.REFUSED_NOT_FOUND
              ? new Link.NotLinked(refused.attempts())
              : new Link.Refused(refused);
      case Outcome.Unanswered<?> later ->
          throw new IllegalStateException("no deadline: " + later.how());
    };
  }

  @Override
  public void close() {
    told.close();
  }
}
