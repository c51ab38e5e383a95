/** The operators' command line: which commands there are and how their failures are told. */
package com.xxxchatnow.loyalty.cli;
