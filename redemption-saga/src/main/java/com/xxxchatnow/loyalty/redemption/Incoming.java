package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.events.Reason;

/** A record of one of the saga's topics, once its bytes have been looked at. */
sealed interface Incoming {

  /** It says something about an order. */
  record Readable(String orderId, Event event) implements Incoming {}

  /**
   * It says nothing that can be used.
   *
   * @param detail sanitised: no value of the record
   */
  record Useless(Reason reason, String detail) implements Incoming {}
}
