/** Dead letters: list, show, watch, edit, replay and discard them. */
package com.xxxchatnow.loyalty.cli.deadletters;
