/** The saga's settings. */
package com.xxxchatnow.loyalty.redemption.config;
