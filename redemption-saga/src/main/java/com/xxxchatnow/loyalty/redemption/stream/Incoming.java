package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.redemption.machine.Event;

/** A record of one of the saga's topics, once its bytes have been looked at. */
sealed interface Incoming {

  /** It says something about an order. */
  record Decoded(String orderId, Event event) implements Incoming {}

  /**
   * It says nothing that can be used.
   *
   * @param detail sanitised: no value of the record
   */
  record Undecodable(Reason reason, String detail) implements Incoming {}
}
