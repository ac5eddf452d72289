/// The scripts of the pages that talk with a platform's storage (LTI client side postMessages 0.1). A message goes to the
/// platform's origin only, and only an answer of that origin counts; who gets none within three seconds goes on without.
enum LaunchScript {
    private static let ask = """
        const order = JSON.parse(document.getElementById('data').textContent);
        const {frame, origin, key} = order.storage;
        function ask(subject, value, done) {
            const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
            let target = null;
            try {
                const home = window.parent !== window ? window.parent : window.opener;
                target = frame === '_parent' ? home : home && home.frames[frame];
            } catch { target = null; }
            if (!target) return done(null);
            const timer = setTimeout(() => finish(null), 3000);
            function finish(answer) {
                clearTimeout(timer);
                removeEventListener('message', hear);
                done(answer);
            }
            function hear(event) {
                const data = event.data;
                if (event.origin !== origin || !data || typeof data !== 'object') return;
                if (data.subject === subject + '.response' && data.message_id === id) finish(data.error ? null : data);
            }
            addEventListener('message', hear);
            target.postMessage({subject, message_id: id, key, value}, origin);
        }

        """

    static let store = ask + "ask('lti.put_data', order.value, () => location.replace(order.next));"

    static let fetch =
        ask + """
            ask('lti.get_data', undefined, (answer) => {
                if (!answer || typeof answer.value !== 'string') {
                    document.getElementById('blocked').hidden = false;
                    return;
                }
                const form = document.getElementById('again');
                form.elements.binding.value = answer.value;
                form.submit();
            });
            """
}
