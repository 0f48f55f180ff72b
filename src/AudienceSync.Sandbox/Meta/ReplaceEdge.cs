using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// <c>POST /{version}/{audience_id}/usersreplace</c>, contract 8: what the batches of one session hold is put in the place of what the
/// audience held, when the batch with the last flag has come. Until then the audience holds what it held.
/// </summary>
internal sealed class ReplaceEdge(MetaPlatform platform, MetaFaults faults, CallLog calls, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id) { Operation = "replace", TargetExists = audience is not null };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        using var upload = new UsersUpload();
        var wrong = Admission.TermsOf(audience!.Account)
            ?? parameters.Error
            ?? parameters.WrongWrite(context.Request, id, overrides: false, "payload", "session", "namespace", "customer_consent")
            ?? UsersPayload.Read(parameters, upload)
            ?? (upload.Session is null ? GraphError.Invalid("The parameter session is required.") : null);
        call.Rows = upload.Received;
        var (fault, ended) = await faults.AskAsync(call, audience, FaultOperation.Replace);
        if (!ended)
        {
            await AnswerAsync(call, audience, upload, fault, wrong);
        }
    }

    private async Task AnswerAsync(MetaCall call, MetaAudience audience, UsersUpload upload, FaultKind? fault, GraphError? wrong)
    {
        if ((wrong ?? audience.Accept(upload.Form, adding: true)) is { } refusal)
        {
            await call.RefuseAsync(refusal);
            return;
        }

        MetaFaults.Spoil(upload, fault);
        if (audience.Replace(upload, clock.GetUtcNow(), out var received) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        call.Effect = new CallEffect(0, 0, upload.Invalid, upload.EmptyHashes);

        // The guide calls the first field so (8), the reference as the users edge does.
        await call.EndAsync(() => call.AnswerAsync(
            json => UsersAnswer.Write(json, platform, ("account_id", audience.Id), upload, received, audience.NextEmptySamplesAreAnArray)));
    }
}
