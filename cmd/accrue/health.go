package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"accrue/internal/panel"
)

// healthBound is how long finding out how the panel is may take.
const healthBound = 5 * time.Second

// overdueBound is how many seconds an account may wait for its turn before that
// is a matter for people.
const overdueBound = 60

// workerMemory is for how many seconds a worker that is silent is still named.
const workerMemory = 3600

// report is what GET /healthz says. Its names are kept.
type report struct {
	Status            string                    `json:"status"` // "ok" or "failing"
	Problems          []string                  `json:"problems"`
	Workers           []workerReport            `json:"workers"`
	OverdueSeconds    int64                     `json:"overdue_seconds"`     // of the account that waits longest for its turn
	OldestTaskSeconds int64                     `json:"oldest_task_seconds"` // of the task that waits longest
	Tasks             map[panel.TaskState]int64 `json:"tasks"`
	UnsentMails       int64                     `json:"unsent_mails"`
	Version           string                    `json:"version"`
}

type workerReport struct {
	Name    string `json:"name"`
	SeenAgo int64  `json:"seen_seconds_ago"`
}

// healthz says whether the panel as a whole does its work: a worker is alive,
// and no account waits for longer than it should.
func healthz(p *panel.Panel, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), healthBound)
		defer cancel()
		health, err := p.Health(ctx)
		if err != nil {
			log.Error("look after the panel's health", "error", err)
			answer(w, report{Status: "failing", Problems: []string{"the database does not answer"}, Version: version()})
			return
		}
		answer(w, newReport(health))
	}
}

func newReport(h panel.Health) report {
	r := report{
		Status:            "ok",
		Problems:          []string{},
		Workers:           []workerReport{},
		OverdueSeconds:    h.Overdue,
		OldestTaskSeconds: h.OldestTask,
		Tasks:             h.Tasks,
		UnsentMails:       h.Unsent,
		Version:           version(),
	}
	for _, b := range h.Workers {
		if ago := h.Now - int64(b.SeenAt); ago <= workerMemory {
			r.Workers = append(r.Workers, workerReport{b.Worker, ago})
		}
	}
	if !h.Alive() {
		r.Problems = append(r.Problems, "no worker is alive: nobody is billed")
	}
	if h.Overdue > overdueBound {
		r.Problems = append(r.Problems, "accounts wait for their turn")
	}
	if len(r.Problems) > 0 {
		r.Status = "failing"
	}
	return r
}

func answer(w http.ResponseWriter, r report) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if r.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(r) // who has gone does not read it
}

// readyz says whether this process can answer requests.
func readyz(p *panel.Panel) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), healthBound)
		defer cancel()
		if _, err := p.Now(ctx); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}
