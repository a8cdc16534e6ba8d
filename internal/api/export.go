package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/internal/export"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) exportOperations() {
	csv(s, operation{
		id: "export-usage", tag: "Billing", path: "/v1/billing/usage.csv", need: identity.ReadBilling,
		summary: "What was used in a month, as a table",
	}, func(ctx context.Context, who identity.Who, in *UsageQuery) (export.Table, error) {
		r, err := s.usageReport(ctx, who, who.AccountID, in)
		return export.Usage(r), err
	})
	csv(s, operation{
		id: "export-ledger", tag: "Billing", path: "/v1/billing/ledger.csv", need: identity.ReadBilling,
		summary: "The account's whole ledger, as a table",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) (export.Table, error) {
		if who.AccountID == 0 {
			return export.Table{}, newProblem(ctx, codeNotFound, "Administrators have no ledger of their own.")
		}
		entries, err := export.Entries(ctx, s.Panel, who, panel.LedgerFilter{AccountID: who.AccountID})
		return export.Ledger(entries), err
	})
}

// csvType is what tables are sent as.
const csvType = "text/csv; charset=utf-8"

// tableFile is a table on its way to whoever keeps it.
type tableFile struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// csv adds an operation that answers with a table.
func csv[I any](s *server, op operation, read func(context.Context, identity.Who, *I) (export.Table, error)) {
	op.method = http.MethodGet
	op.answer = csvType
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*tableFile, error) {
		table, err := read(ctx, who, in)
		if err != nil {
			return nil, err
		}
		return &tableFile{csvType, fmt.Sprintf("attachment; filename=%q", table.Name+".csv"), table.CSV()}, nil
	})
}
