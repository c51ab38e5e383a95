package com.xxxchatnow.loyalty.redemption.calls;

import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.kit.links.LinkTable;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Duration;

/**
 * The member at RRR of a user: named by the call, else told by RRR's link events, else asked for at
 * RRR. Only a quote needs it: what follows a quote names the quote's member.
 */
public final class MemberResolver implements AutoCloseable {

  /** What is known of a user. {@code waited} is RRR's part of the time it took. */
  sealed interface Found {}

  record Member(String id, Duration waited) implements Found {}

  record NotLinked(Duration waited) implements Found {}

  /** RRR would not say, or not in time. */
  record Unknown(Outcome<?> outcome) implements Found {}

  /** RRR's link status of a user. */
  public interface LinkStatusCall {
    Outcome<LinkStatus> of(String userId, CallOptions call) throws InterruptedException;
  }

  private final LinkStatusCall rrr;
  private final LinkTable told;

  /**
   * @param rrr null: RRR is not asked for links, only events tell them
   */
  public MemberResolver(KafkaSettings kafka, String clientId, LinkStatusCall rrr) {
    this.rrr = rrr;
    this.told = new LinkTable(kafka, clientId + "-links", rrr == null, _ -> {});
  }

  /** Waits until the links that were told before the start are known. */
  public void awaitCaughtUp() {
    told.awaitCaughtUp();
  }

  /** The member for a call. */
  Found of(RedemptionCall call, CallOptions link) throws InterruptedException {
    if (call.getRrrMemberId() != null) return new Member(call.getRrrMemberId(), Duration.ZERO);
    var known = told.of(call.getUserId());
    if (known.isPresent() || rrr == null)
      return known
          .flatMap(LinkTable.Told::member)
          .<Found>map(id -> new Member(id, Duration.ZERO))
          .orElse(new NotLinked(Duration.ZERO));
    return switch (rrr.of(call.getUserId(), link)) {
      case Outcome.Done<LinkStatus>(var status, _, var waited) ->
          status.linked() ? new Member(status.memberId(), waited) : new NotLinked(waited);
      case Outcome.Refused<?> refused when refused.why() == Refusal.REFUSED_NOT_FOUND ->
          new NotLinked(refused.waited());
      case Outcome<?> none -> new Unknown(none);
    };
  }

  @Override
  public void close() {
    told.close();
  }
}
