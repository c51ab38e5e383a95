/** The redemption saga's program: its parts, wired. */
package com.xxxchatnow.loyalty.redemption;
