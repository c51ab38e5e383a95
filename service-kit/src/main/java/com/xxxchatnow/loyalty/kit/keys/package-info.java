/** Idempotency keys: how they are made, and how long RRR remembers them. */
package com.xxxchatnow.loyalty.kit.keys;
