/** Values that change at run time, followed from compacted topics. */
package com.xxxchatnow.loyalty.kit.follower;
