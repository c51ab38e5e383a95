/** The flags that running services follow. */
package com.xxxchatnow.loyalty.cli.flags;
