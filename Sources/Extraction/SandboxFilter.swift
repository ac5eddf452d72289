import CLinux
import Glibc

/// The system calls that a process reading a stranger's file may not make: a seccomp filter (seccomp(2), kernel document
/// userspace-api/seccomp_filter), inherited by all it starts, and for good.
///
/// What it refuses is listed rather than what it allows: the programs beneath (poppler, tesseract) belong to the
/// distribution, and a call that a later version adds must not turn into a document that cannot be read. A refused call
/// fails as it would for lack of permission (EPERM), so that a library which only tries goes on.
enum SandboxFilter {
    /// Sets the filter on all threads of this process. `PR_SET_NO_NEW_PRIVS` must be set before.
    static func install(refusing calls: [Int32] = refused) -> Bool {
        let program = program(refusing: calls)
        return program.withUnsafeBufferPointer { gepeto_seccomp($0.baseAddress, UInt16($0.count)) } == 0
    }

    // MARK: The list

    /// mount_setattr(2) and memfd_secret(2): younger than Debian 12's glibc, the same numbers on every architecture.
    private static let (mountSetAttributes, memorySecret): (Int32, Int32) = (442, 447)

    /// Every family: AF_UNIX too, behind which a local service (a container engine, a bus) would do more than this
    /// process may. socketpair(2) stays, which reaches nobody else.
    private static let network = [
        SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_sendmmsg,
    ]

    /// Reaching into other processes: ptrace(2), process_vm_readv(2), pidfd_getfd(2), kcmp(2).
    private static let otherProcesses = [
        SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd, SYS_pidfd_send_signal,
        SYS_process_madvise,
    ]

    /// Rights and owners of files, which Landlock does not look at: a reader with its starter's user could shut the folders of
    /// that user. chmod(2), chown(2); fchmodat2(2) is younger than Debian 12's glibc.
    private static let rights = [SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, 452]

    /// Leaving the process group, whose end is the end of all that was started: setsid(2), setpgid(2).
    private static let group = [SYS_setsid, SYS_setpgid]

    /// Namespaces and mounts: unshare(2), setns(2), mount(2), mount_setattr(2), open_by_handle_at(2). A new user
    /// namespace would give capabilities over a large part of the kernel; clone(2) is looked at below.
    private static let namespaces = [
        SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount,
        SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, mountSetAttributes, SYS_open_by_handle_at,
        SYS_name_to_handle_at, SYS_quotactl, SYS_swapon, SYS_swapoff, SYS_mknodat,
    ]

    /// Parts of the kernel with a long record of holes that no reader of documents needs: bpf(2), perf_event_open(2),
    /// userfaultfd(2), keyctl(2), io_uring(7) (which could also make sockets past this filter), fanotify_init(2).
    private static let riskyParts = [
        SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_io_uring_setup,
        SYS_io_uring_enter, SYS_io_uring_register, SYS_fanotify_init, SYS_lookup_dcookie, SYS_vhangup,
    ]

    /// Memory that the limit on address space does not count, or that outlives the process: shmget(2), memfd_create(2).
    private static let hiddenMemory = [
        SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_msgget, SYS_mq_open, SYS_memfd_create,
        memorySecret,
    ]

    /// The machine itself: kexec_load(2), init_module(2), reboot(2), the clock, the host's name, the log.
    private static let machine = [
        SYS_kexec_load, SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot,
        SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
        SYS_setdomainname, SYS_syslog, SYS_personality,
    ]

    #if arch(x86_64)
        /// Ports and segments: iopl(2), modify_ldt(2); and the old form of mknodat.
        private static let ofTheArchitecture = [
            SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_mknod, SYS_chmod, SYS_chown, SYS_lchown,
        ]
        /// AUDIT_ARCH_X86_64 (linux/audit.h).
        private static let architecture: UInt32 = 0xc000_003e
    #elseif arch(arm64)
        private static let ofTheArchitecture: [Int32] = []
        /// AUDIT_ARCH_AARCH64 (linux/audit.h).
        private static let architecture: UInt32 = 0xc000_00b7
    #endif

    static let refused =
        network + otherProcesses + rights + group + namespaces + riskyParts + hiddenMemory + machine + ofTheArchitecture

    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h). CLONE_NEWTIME is for clone3 only.
    private static let namespaceFlags: UInt32 = 0x7e02_0000

    // MARK: The program

    /// Offsets in `struct seccomp_data`: the call's number, the architecture, the low half of the first argument.
    private static let (callOffset, architectureOffset, firstArgumentOffset): (UInt32, UInt32, UInt32) = (0, 4, 16)

    /// Classic BPF. Jumps count the instructions that are left out when the comparison is true, or false.
    static func program(refusing calls: [Int32] = refused) -> [sock_filter] {
        let refusal = SECCOMP_RET_ERRNO | UInt32(EPERM)
        var program = [
            load(architectureOffset),
            // A 32-bit call has other numbers and would pass by this list.
            jumpIfEqual(architecture, ifTrue: 1, ifFalse: 0),
            answer(SECCOMP_RET_KILL_PROCESS),
            load(callOffset),
            // The x32 numbers of x86-64 begin here (__X32_SYSCALL_BIT); no number of aarch64 is near it.
            sock_filter(code: UInt16(BPF_JMP | BPF_JGE | BPF_K), jt: 0, jf: 1, k: 0x4000_0000),
            answer(SECCOMP_RET_KILL_PROCESS),
        ]
        for call in calls {
            program += [jumpIfEqual(UInt32(call), ifTrue: 0, ifFalse: 1), answer(refusal)]
        }
        program += [
            // clone3(2) keeps its flags in memory, where a filter cannot look: "no such call" sends glibc to clone(2).
            jumpIfEqual(UInt32(SYS_clone3), ifTrue: 0, ifFalse: 1),
            answer(SECCOMP_RET_ERRNO | UInt32(ENOSYS)),
            jumpIfEqual(UInt32(SYS_clone), ifTrue: 0, ifFalse: 3),
            load(firstArgumentOffset),
            sock_filter(code: UInt16(BPF_JMP | BPF_JSET | BPF_K), jt: 0, jf: 1, k: namespaceFlags),
            answer(refusal),
            answer(SECCOMP_RET_ALLOW),
        ]
        return program
    }

    private static func load(_ offset: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_LD | BPF_W | BPF_ABS), jt: 0, jf: 0, k: offset)
    }

    private static func jumpIfEqual(_ value: UInt32, ifTrue: UInt8, ifFalse: UInt8) -> sock_filter {
        sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: ifTrue, jf: ifFalse, k: value)
    }

    private static func answer(_ value: UInt32) -> sock_filter {
        sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: value)
    }
}
