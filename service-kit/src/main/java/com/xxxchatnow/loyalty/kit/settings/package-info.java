/** Configuration from the environment, all faults in one message. */
package com.xxxchatnow.loyalty.kit.settings;
