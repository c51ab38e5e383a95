/** Dead letters: the source record with where it came from and why it failed. */
package com.xxxchatnow.loyalty.kit.deadletter;
