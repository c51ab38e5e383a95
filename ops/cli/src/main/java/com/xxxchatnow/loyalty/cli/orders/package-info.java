/** One order's story across topics. */
package com.xxxchatnow.loyalty.cli.orders;
