package api

import (
	"context"
	"net/netip"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) addressOperations() {
	const tag = "Addresses"
	whole(s, operation{
		id: "list-addresses", tag: tag, path: "/v1/addresses", need: identity.ReadInstances, summary: "What the account's instances are reached at",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Address, error) {
		held, err := s.Panel.MyAddresses(ctx, who)
		return each(held, address), err
	})
	patch(s, operation{
		id: "change-address", tag: tag, path: "/v1/addresses/{address}", need: identity.WriteInstances, summary: "Say what name an address leads to",
	}, s.changeAddress)
}

func address(h panel.HeldAddress) client.Address {
	return client.Address{Address: h.Addr.String(), Network: h.Piece.String(), InstanceID: h.InstanceID, ReverseName: h.ReverseName}
}

// addressChange is a change of an address.
type addressChange struct {
	Address string `path:"address" maxLength:"64"`
	Body    client.AddressChange
}

func (s *server) changeAddress(ctx context.Context, who identity.Who, in *addressChange) (client.Address, error) {
	addr, err := parseAddr("address", in.Address)
	if err != nil {
		return client.Address{}, err
	}
	if _, err := s.Panel.SetReverseName(ctx, who, addr, in.Body.ReverseName); err != nil {
		return client.Address{}, err
	}
	held, err := s.Panel.MyAddresses(ctx, who)
	h, err := only(held, err, func(h panel.HeldAddress) bool { return h.Addr == addr })
	return address(h), err
}

// parseAddr reads an address from a field. No text is no address.
func parseAddr(field, text string) (addr netip.Addr, err error) {
	if text == "" {
		return addr, nil
	}
	if addr, err = netip.ParseAddr(text); err != nil || addr.Zone() != "" {
		return addr, &panel.Invalid{Field: field, Message: "must be an address such as 203.0.113.7"}
	}
	return addr, nil
}
