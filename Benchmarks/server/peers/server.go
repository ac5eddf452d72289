// What the Go peer does, with net/http and gorilla/websocket of Debian:
//
//	POST /api/chat         checks a question and answers 202
//	GET  /1k.txt           a file of the folder given (http.FileServer)
//	GET  /load/echo        a WebSocket that sends back what it gets
//	GET  /api/ws           a WebSocket that gets `connected` with a session's id, then what is driven at it
//	POST /load/drive       streams pieces of text to sessions, each with the moment of its making
//	POST /upload           the body to a file, hashed with SHA-256 on the way (?hash=0: not hashed), fsync, 202
//
// Delivery is that of gorilla's chat example: a bounded channel and a writing goroutine for each socket, so that a slow
// reader delays nobody and is dropped; with -direct the driver writes to the sockets itself, which is cheaper and lets
// one slow reader hold up all.
package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/gorilla/websocket"
)

var (
	folder  = flag.String("folder", ".", "static files and uploads")
	direct  = flag.Bool("direct", false, "write deltas without a channel and goroutine for each socket")
	course  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	upgrade = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
	hub     = struct {
		sync.Mutex
		sockets map[string]*socket
	}{sockets: map[string]*socket{}}
)

func identifier() string {
	bytes := make([]byte, 16)
	rand.Read(bytes)
	return hex.EncodeToString(bytes)
}

func answer(w http.ResponseWriter, status int, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}

type question struct {
	Message        string `json:"message"`
	Course         string `json:"course"`
	ConversationID string `json:"conversationId"`
	SessionID      string `json:"sessionId"`
	Mode           string `json:"mode"`
}

type accepted struct {
	JobID          string `json:"jobId"`
	ConversationID string `json:"conversationId"`
	SessionID      string `json:"sessionId"`
	TraceID        string `json:"traceId"`
	Status         string `json:"status"`
	Timestamp      int64  `json:"timestamp"`
}

func chat(w http.ResponseWriter, r *http.Request) {
	var asked question
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&asked) != nil {
		answer(w, 400, map[string]string{"title": "Not JSON"})
		return
	}
	message := strings.TrimSpace(asked.Message)
	if message == "" || len([]rune(message)) > 8000 || !course.MatchString(asked.Course) {
		answer(w, 400, map[string]string{"title": "Not valid"})
		return
	}
	answer(w, 202, accepted{identifier(), identifier(), identifier(), identifier(), "queued", time.Now().Unix()})
}

func echo(w http.ResponseWriter, r *http.Request) {
	connection, err := upgrade.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	connection.SetReadLimit(64 << 10)
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil || connection.WriteMessage(kind, message) != nil {
			return
		}
	}
}

type socket struct {
	connection *websocket.Conn
	outgoing   chan []byte
	seq        int64
}

func (s *socket) writeAll() {
	for message := range s.outgoing {
		if s.connection.WriteMessage(websocket.TextMessage, message) != nil {
			return
		}
	}
}

func events(w http.ResponseWriter, r *http.Request) {
	connection, err := upgrade.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	connection.SetReadLimit(64 << 10)
	session := identifier()
	own := &socket{connection: connection}
	if !*direct {
		own.outgoing = make(chan []byte, 256)
		go own.writeAll()
	}
	connection.WriteJSON(map[string]interface{}{
		"event": "connected", "status": "connected", "connectionId": identifier(), "sessionId": session,
		"epoch": identifier(), "resumedFrom": 0, "seq": 0, "timestamp": time.Now().Unix(),
	})
	hub.Lock()
	hub.sockets[session] = own
	hub.Unlock()
	for {
		if _, _, err := connection.ReadMessage(); err != nil {
			break
		}
	}
	hub.Lock()
	delete(hub.sockets, session)
	hub.Unlock()
}

type delta struct {
	Event     string `json:"event"`
	Seq       int64  `json:"seq"`
	Timestamp int64  `json:"timestamp"`
	JobID     string `json:"jobId"`
	Attempt   int    `json:"attempt"`
	Stream    int    `json:"stream"`
	Index     int    `json:"index"`
	Content   string `json:"content"`
}

// CLOCK_MONOTONIC, as the client reads it.
func monotonic() int64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

func send(s *socket, job string, index int) {
	s.seq++
	message, _ := json.Marshal(delta{
		"message_delta", s.seq, time.Now().Unix(), job, 1, 0, index, fmt.Sprintf(" palavra@%d", monotonic()),
	})
	if *direct {
		s.connection.WriteMessage(websocket.TextMessage, message)
		return
	}
	select {
	case s.outgoing <- message:
	default:
		s.connection.Close()
	}
}

func drive(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Sessions []string
		Rate     float64
		Seconds  float64
	}
	if json.NewDecoder(r.Body).Decode(&order) != nil {
		answer(w, 400, nil)
		return
	}
	const turns = 10
	type stream struct{ session, job string }
	var streams []stream
	for _, session := range order.Sessions {
		streams = append(streams, stream{session, identifier()})
	}
	interval := time.Duration(float64(time.Second) / order.Rate)
	start, sent := time.Now(), 0
	for round := 0; round < int(order.Rate*order.Seconds); round++ {
		for turn := 0; turn < turns; turn++ {
			time.Sleep(time.Until(start.Add(interval * time.Duration(round*turns+turn) / turns)))
			for number := turn; number < len(streams); number += turns {
				hub.Lock()
				s := hub.sockets[streams[number].session]
				hub.Unlock()
				if s != nil {
					send(s, streams[number].job, round)
					sent++
				}
			}
		}
	}
	fmt.Fprintln(w, sent)
}

func upload(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(*folder, ".upload-"+identifier())
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		answer(w, 500, nil)
		return
	}
	defer os.Remove(path)
	defer file.Close()
	digest, name := sha256.New(), "unhashed"
	var target io.Writer = file
	if r.URL.Query().Get("hash") != "0" {
		target = io.MultiWriter(file, digest)
	}
	if _, err = io.Copy(target, http.MaxBytesReader(w, r.Body, 100<<20)); err == nil {
		err = file.Sync()
	}
	if target != io.Writer(file) {
		name = hex.EncodeToString(digest.Sum(nil))
	}
	if err == nil {
		err = os.Rename(path, filepath.Join(*folder, name))
	}
	if err != nil {
		answer(w, 500, nil)
		return
	}
	answer(w, 202, map[string]string{"hash": name})
}

func main() {
	flag.Parse()
	http.HandleFunc("/api/chat", chat)
	http.HandleFunc("/load/echo", echo)
	http.HandleFunc("/api/ws", events)
	http.HandleFunc("/load/drive", drive)
	http.HandleFunc("/upload", upload)
	http.Handle("/", http.FileServer(http.Dir(*folder)))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("serving http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
