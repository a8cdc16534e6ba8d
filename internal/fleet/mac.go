package fleet

import (
	"crypto/sha256"
	"fmt"
)

// MAC returns the address of an instance's nth network card, from 0, which it
// keeps as long as it lives: "52:54:0d:5f:a1:9c". It begins as virtual machines'
// do and has 32 bits of the instance's UID; with the usual 24, two of five
// thousand instances on one network would share one more likely than not.
func MAC(uid string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", uid, n))
	return fmt.Sprintf("52:54:%02x:%02x:%02x:%02x", sum[0], sum[1], sum[2], sum[3])
}
