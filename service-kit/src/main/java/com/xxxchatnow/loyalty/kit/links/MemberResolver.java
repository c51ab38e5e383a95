package com.xxxchatnow.loyalty.kit.links;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds a user's member at RRR: the one that the publisher names, else the one that link events
 * tell, else the one that RRR names when it is asked. An event takes effect at once, also against
 * what RRR answered before.
 */
public final class MemberResolver implements AutoCloseable {
  private static final int MAX_CACHED = 100_000;
  private static final Duration CACHED_FOR = Duration.ofMinutes(5);

  /**
   * Asks RRR for a user's link.
   *
   * @param <C> how a call ended, for the caller's own use
   */
  @FunctionalInterface
  public interface LinkQuery<C> {
    Answer<C> ask() throws InterruptedException;
  }

  /** What RRR said about a user's link. */
  public sealed interface Answer<C> {
    record Linked<C>(String memberId, C call) implements Answer<C> {}

    record NotLinked<C>(C call) implements Answer<C> {}

    /** RRR gave no answer in time, or refused to give one. */
    record None<C>(C call) implements Answer<C> {}
  }

  /** A user's member, or why there is none. */
  public sealed interface Resolution<C> {
    /**
     * @param call empty: RRR was not asked
     */
    record Member<C>(String id, Optional<C> call) implements Resolution<C> {}

    /**
     * The user was unlinked here, or RRR says that they are not linked.
     *
     * @param formerMember the member that events told last; empty: they told none
     * @param call empty: RRR was not asked
     */
    record NotLinked<C>(Optional<String> formerMember, Optional<C> call) implements Resolution<C> {}

    /** No event told of an active link, and RRR may not be asked ({@code RRR_LINK_ENABLED}). */
    record NotAsked<C>(Optional<String> formerMember) implements Resolution<C> {}

    /** RRR gave no answer in time, or refused to give one. */
    record Unanswered<C>(C call) implements Resolution<C> {}
  }

  /** Only answers that name a member: who is not linked may be so in a moment. */
  private final Cache<String, String> answers =
      Caffeine.newBuilder().maximumSize(MAX_CACHED).expireAfterWrite(CACHED_FOR).build();

  private final LinkTable table;
  private final boolean mayAsk;

  /**
   * Starts to follow the link events. Call {@link #awaitCaughtUp()} before use.
   *
   * @param mayAsk whether RRR may be asked ({@code RRR_LINK_ENABLED})
   */
  public MemberResolver(KafkaSettings kafka, String clientId, boolean mayAsk) {
    this.mayAsk = mayAsk;
    this.table = new LinkTable(kafka, clientId, !mayAsk, answers::invalidate);
  }

  /** Waits until the links that were told before the start are known. */
  public void awaitCaughtUp() {
    table.awaitCaughtUp();
  }

  /**
   * Finds the member of a user.
   *
   * @param named the member that the publisher names; null for none
   * @param rrr called at most once, where only RRR knows
   */
  public <C> Resolution<C> resolve(String userId, String named, LinkQuery<C> rrr)
      throws InterruptedException {
    var known = table.of(userId);
    var told = known.map(KnownLink::memberId);
    if (known.filter(KnownLink::endedHere).isPresent())
      return new Resolution.NotLinked<>(told, Optional.empty());
    if (named != null) return new Resolution.Member<>(named, Optional.empty());
    if (known.filter(KnownLink::active).isPresent())
      return new Resolution.Member<>(told.get(), Optional.empty());
    if (!mayAsk) return new Resolution.NotAsked<>(told);
    var answer = answers.getIfPresent(userId);
    return answer != null
        ? new Resolution.Member<>(answer, Optional.empty())
        : asked(userId, known, rrr.ask());
  }

  private <C> Resolution<C> asked(String userId, Optional<KnownLink> before, Answer<C> answer) {
    return switch (answer) {
      case Answer.Linked<C>(var member, var call) -> {
        answers.put(userId, member);
        // An event that came meanwhile may be newer than the answer.
        if (!table.of(userId).equals(before)) answers.invalidate(userId);
        yield new Resolution.Member<>(member, Optional.of(call));
      }
      case Answer.NotLinked<C>(var call) ->
          new Resolution.NotLinked<>(before.map(KnownLink::memberId), Optional.of(call));
      case Answer.None<C>(var call) -> new Resolution.Unanswered<>(call);
    };
  }

  @Override
  public void close() {
    table.close();
  }
}
