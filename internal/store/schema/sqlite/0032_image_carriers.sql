-- +goose Up

-- Which task brings the file of an image to a hypervisor, so that no other does
-- meanwhile. Tasks come and go: it refers to one that may be gone.
ALTER TABLE image_replicas ADD COLUMN task_id INTEGER NOT NULL DEFAULT 0;
