using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The body of a call (contracts/meta.md 6.1), written as UTF-8 straight into a pooled buffer, digest by digest. Always the array
/// schema with both keys, whatever the members have: an audience filled in one form refuses the other for life (6.4).
/// </summary>
internal sealed class MetaPayload : IDisposable
{
    /// <summary>Neither an e-mail address nor a telephone number that Meta could match; the row would be empty (9.2: drop and report).</summary>
    public const string NoUsableIdentifier = "no_usable_identifier";

    /// <summary>The member was delivered by a newer program than this one, so his digests cannot be made here.</summary>
    public const string UnknownNormaliser = "unknown_normaliser_version";

    private const int CellBytes = Sha256Hex.Length + 2;

    /// <summary>Two cells, their comma, the brackets, the comma after the row.</summary>
    private const int RowBytes = (2 * CellBytes) + 4;

    private static readonly List<RefusedMember> Nobody = [];

    private readonly RentedBody _body;
    private int[]? _memberOfRow;
    private List<RefusedMember>? _invalid;

    private MetaPayload(int members)
        => _body = new RentedBody(Head.Length + (members * RowBytes) + Tail.Length);

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Members that have no row.</summary>
    public IReadOnlyList<RefusedMember> Invalid => _invalid ?? Nobody;

    private static ReadOnlySpan<byte> Head => """{"payload":{"schema":["EMAIL","PHONE"],"data":["""u8;

    private static ReadOnlySpan<byte> Tail => "]}}"u8;

    public static MetaPayload Write(IReadOnlyList<Member> members)
    {
        var payload = new MetaPayload(members.Count);
        payload.WriteAll(members);
        return payload;
    }

    /// <summary>The place in the call of the member in a row; -1 for a row we did not send.</summary>
    public int MemberOf(int row) => row < 0 || row >= Rows ? -1 : _memberOfRow?[row] ?? row;

    public HttpContent ToContent() => _body.ToContent();

    public void Dispose() => _body.Dispose();

    private void WriteAll(IReadOnlyList<Member> members)
    {
        using var sha = new Sha256Hex();
        var buffer = _body.Span;
        Head.CopyTo(buffer);
        var at = Head.Length;
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            var written = MetaNormaliser.Knows(member.Normaliser) ? WriteRow(buffer[at..], member, sha) : 0;
            if (written == 0)
            {
                Refuse(i, members.Count, MetaNormaliser.Knows(member.Normaliser) ? NoUsableIdentifier : UnknownNormaliser);
                continue;
            }

            at += written;
            if (_memberOfRow is not null)
            {
                _memberOfRow[Rows] = i;
            }

            Rows++;
        }

        // The last row's comma gives way to the tail.
        at -= Rows > 0 ? 1 : 0;
        Tail.CopyTo(buffer[at..]);
        _body.Length = at + Tail.Length;
    }

    /// <summary>Bytes written; 0 when no cell of the row would hold anything.</summary>
    private static int WriteRow(Span<byte> into, in Member member, Sha256Hex sha)
    {
        Span<char> digits = stackalloc char[PhoneNumber.MaxDigits];
        var person = member.Identifiers;
        var email = person.Email is null ? null : MetaNormaliser.Email(person.Email, member.Normaliser);
        var phoneLength = 0;
        if (person.Phone is not null)
        {
            MetaNormaliser.TryWritePhone(person.Phone, person.Country, member.Normaliser, digits, out phoneLength);
        }

        if (email is null && phoneLength == 0)
        {
            return 0;
        }

        into[0] = (byte)'[';
        var at = 1 + WriteCell(into[1..], email, sha);
        into[at++] = (byte)',';
        at += WriteCell(into[at..], digits[..phoneLength], sha);
        into[at++] = (byte)']';
        into[at++] = (byte)',';
        return at;
    }

    /// <summary>A missing cell is <c>""</c> in its place, never the digest of nothing (6.1).</summary>
    private static int WriteCell(Span<byte> into, ReadOnlySpan<char> text, Sha256Hex sha)
    {
        into[0] = (byte)'"';
        var end = 1;
        if (!text.IsEmpty)
        {
            sha.Write(text, into[1..]);
            end += Sha256Hex.Length;
        }

        into[end] = (byte)'"';
        return end + 1;
    }

    private void Refuse(int index, int members, string reason)
    {
        (_invalid ??= []).Add(new RefusedMember(index, reason));
        if (_memberOfRow is null)
        {
            // From here on rows and members part.
            _memberOfRow = new int[members];
            for (var row = 0; row < Rows; row++)
            {
                _memberOfRow[row] = row;
            }
        }
    }
}
