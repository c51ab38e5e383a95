package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.RedemptionRequested;
import java.util.ArrayList;
import java.util.List;

/**
 * A quote that answered an earlier request of the order: who was shown it may have paid with it
 * before they saw the next one.
 *
 * @param request without its items, so that a state stays small
 * @param memberId for whom RRR made the quote
 */
public record Offer(RedemptionRequested request, Quote quote, String memberId) {
  /** A checkout that asks more often than this has shown its oldest quotes long ago. */
  private static final int REMEMBERED = 5;

  static Offer of(RedemptionRequested request, Quote quote, String memberId) {
    var withoutItems = RedemptionRequested.newBuilder(request).setItems(List.of()).build();
    return new Offer(withoutItems, quote, memberId);
  }

  /** The newest of them, the newest last. */
  static List<Offer> remembered(List<Offer> earlier, Offer lapsed) {
    var all = new ArrayList<>(earlier);
    all.add(lapsed);
    return List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
  }
}
