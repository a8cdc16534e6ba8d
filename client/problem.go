package client

// Problem is why a request was not done: an error document of RFC 9457.
type Problem struct {
	Type      string         `json:"type" example:"/docs/api#insufficient_credit" doc:"Where the code is described."`
	Title     string         `json:"title" doc:"The code in words."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Code      string         `json:"code" example:"insufficient_credit" doc:"What programs tell problems apart by."`
	Detail    string         `json:"detail" doc:"What went wrong and what to do about it, as a sentence for people."`
	RequestID string         `json:"request_id" doc:"What to quote to the provider."`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"The fields that cannot be accepted."`
	Balance   *Money         `json:"balance,omitempty" doc:"The balance, where it is too low."`
	Needed    *Money         `json:"needed,omitempty" doc:"The least balance that would do."`
	TopUpURL  string         `json:"top_up_url,omitempty" doc:"Where people top up."`
}

// FieldProblem says what is wrong with a part of a request.
type FieldProblem struct {
	Pointer string `json:"pointer" example:"/plan_id" doc:"A JSON pointer into the body, or the name of a parameter after its place: query/limit."`
	Detail  string `json:"detail" doc:"What is wrong with it."`
}

func (p *Problem) Error() string { return p.Detail }
