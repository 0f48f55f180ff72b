using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Bench.Load;

/// <summary>
/// Writes signed webhooks, or batches of them, one after the other into one buffer, without allocating. Every event is new (its id contains
/// run, connection and number); the person, the key and add or remove are drawn from a seeded generator. A fixed share of the webhooks is
/// about a new person: if people were drawn from a fixed set instead, that share would depend on how far a run gets, and so would the cost
/// of a webhook on the speed of the run.
/// </summary>
internal sealed class WebhookWriter : IDisposable
{
    // "v0:" + unix seconds + ":" stands directly before the body, because that is what is signed (contract customerio 2.3).
    private const int BodyStart = 14;

    // Phone numbers are seven digits from 2,000,000 on; with more people some would share one.
    private const int LastPerson = 7_999_998;
    private const int EventBytes = 1024;
    private readonly byte[] _signed;
    private readonly byte[] _request;
    private readonly int _events;
    private readonly int _lengthDigits;
    private readonly byte[] _digest = new byte[HMACSHA256.HashSizeInBytes];
    private readonly byte[] _second = new byte[20];
    private readonly byte[] _eventPrefix;

    // Keeps the keyed state between events: half the cost of HMACSHA256.HashData.
    private readonly IncrementalHash _hmac;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly int _newPeople;
    private readonly int _firstPerson;
    private readonly int _connection;
    private readonly int _connections;
    private readonly int _head;
    private readonly int _timestampAt;
    private readonly int _signatureAt;
    private readonly int _lengthAt;
    private long _unixSecond;
    private long _number;
    private int _known;
    private int _at;

    public WebhookWriter(LoadPlan plan, int connection, TimeProvider clock)
    {
        _clock = clock;
        _events = plan.EventsPerRequest;
        _lengthDigits = _events == 1 ? 3 : 7;
        _signed = new byte[_events * EventBytes];
        _request = new byte[(_events + 1) * EventBytes];
        _newPeople = plan.NewPeople;
        _firstPerson = plan.FirstPerson;
        _connection = connection;
        _connections = plan.Connections;
        _random = new Random(unchecked((plan.Seed * 397) + connection));
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(plan.SigningKey));
        _eventPrefix = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench-{plan.Run}-{connection:D4}-"));
        (string path, string type) = _events == 1 ? ("audience", "json") : ("batch", "x-ndjson");
        string head =
            $"POST /v1/webhooks/{path} HTTP/1.1\r\nHost: {plan.Address}\r\nAuthorization: Bearer {plan.Token}\r\n"
            + $"Content-Type: application/{type}\r\nX-CIO-Timestamp: {new string('t', 10)}\r\n"
            + $"X-CIO-Signature: {new string('s', 64)}\r\nContent-Length: {new string('n', _lengthDigits)}\r\n\r\n";
        _head = Encoding.ASCII.GetBytes(head, _request);
        _timestampAt = head.IndexOf("Timestamp: ", StringComparison.Ordinal) + 11;
        _signatureAt = head.IndexOf("Signature: ", StringComparison.Ordinal) + 11;
        _lengthAt = head.IndexOf("Length: ", StringComparison.Ordinal) + 8;
        "v0:tttttttttt:"u8.CopyTo(_signed);
    }

    /// <summary>Bytes of all bodies written so far.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>The next request, head and body; it is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        long nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (nowMs / 1000 != _unixSecond)
        {
            StartSecond(nowMs / 1000);
        }

        _at = BodyStart;
        for (int written = 0; written < _events; written++)
        {
            if (written > 0)
            {
                Put("\n"u8);
            }

            WriteEvent((int)(nowMs % 1000));
        }

        ReadOnlySpan<byte> body = _signed.AsSpan(BodyStart, _at - BodyStart);
        _hmac.AppendData(_signed.AsSpan(0, _at));
        _hmac.GetHashAndReset(_digest);
        _ = Convert.TryToHexStringLower(_digest, _request.AsSpan(_signatureAt, 64), out _);
        Digits(_request.AsSpan(_lengthAt, _lengthDigits), body.Length);
        body.CopyTo(_request.AsSpan(_head));
        BodyBytes += body.Length;
        return _request.AsMemory(0, _head + body.Length);
    }

    public void Dispose() => _hmac.Dispose();

    private void StartSecond(long unixSecond)
    {
        _unixSecond = unixSecond;
        Digits(_request.AsSpan(_timestampAt, 10), unixSecond);
        Digits(_signed.AsSpan(3, 10), unixSecond);
        _ = DateTimeOffset.FromUnixTimeSeconds(unixSecond).TryFormat(_second, out _, "yyyy-MM-ddTHH:mm:ss.", CultureInfo.InvariantCulture);
    }

    private void WriteEvent(int millisecond)
    {
        int draw = _random.Next(30);
        int person = NextPerson();
        Put("{\"schema_version\":1,\"event\":\"audience_"u8);
        Put(draw % 10 < 7 ? "add"u8 : "remove"u8);
        Put("\",\"event_id\":\""u8);
        Put(_eventPrefix);
        PutDigits(_number++, 9);
        Put("\",\"audience_key\":\""u8);
        Put(
            (draw / 10) switch
            {
                0 => "high_intent_cart_7d_v1"u8,
                1 => "post_purchase_14d_v1"u8,
                _ => "winback_45d_v1"u8,
            }
        );
        Put("\",\"occurred_at\":\""u8);
        Put(_second);
        PutDigits(millisecond, 3);
        Put("Z\",\"person\":{"u8);
        PutPerson(person);
        Put("},\"consent\":{\"ad_user_data\":\"granted\",\"ad_personalization\":\"granted\"},"u8);
        Put("\"context\":{\"journey\":\"cart_recovery\",\"step\":\"30min\",\"variant\":\"reminder_a\","u8);
        Put("\"message\":\"cart_reminder_with_picture_and_price_1\"}}"u8);
    }

    // Every connection has its own people, so a person it named before is known to be in the log.
    private int NextPerson()
    {
        bool isNew = _known == 0 || (_random.Next(100) < _newPeople && PersonAt(_known) <= LastPerson);
        return PersonAt(isNew ? _known++ : _random.Next(_known));
    }

    private int PersonAt(int index) => _firstPerson + _connection + (index * _connections);

    /// <summary>A person always has the same identifiers: customer id and e-mail, and three in five also have a phone.</summary>
    private void PutPerson(int person)
    {
        Put("\"customer_id\":\"shop-"u8);
        PutDigits(person, 8);
        Put("\",\"email\":\"Shopper."u8);
        PutDigits(person, 8);
        Put("@mail.example\""u8);
        if (person % 5 >= 3)
        {
            return;
        }

        int line = 2_000_000 + person;
        Put(""","phone":"+1 (202) """u8);
        PutDigits(line / 10_000, 3);
        Put("-"u8);
        PutDigits(line % 10_000, 4);
        Put("\""u8);
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_signed.AsSpan(_at));
        _at += text.Length;
    }

    private void PutDigits(long value, int width)
    {
        Digits(_signed.AsSpan(_at, width), value);
        _at += width;
    }

    private static void Digits(Span<byte> target, long value)
    {
        for (int i = target.Length - 1; i >= 0; i--)
        {
            (value, long digit) = Math.DivRem(value, 10);
            target[i] = (byte)('0' + digit);
        }
    }
}
