using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using MediaServer.Meetings;
using MediaServer.Meetings.Participants;

namespace MediaServer.Server.Grains;

/// <summary>Between the meeting's types and the hub's.</summary>
internal static class ContractMapping
{
    private const double PoorLoss = 0.10;
    private const double FairLoss = 0.03;
    private const double PoorRoundTripMs = 800;
    private const double FairRoundTripMs = 400;

    public static Participant ToContract(ParticipantState state) =>
        new(state.Id.Value, state.Number, state.DisplayName, new DeviceState(state.Devices.Microphone, state.Devices.Camera, state.Devices.Screen), state.Connected, state.JoinedAt);

    public static Devices ToDevices(DeviceState state) => new(state.Microphone, state.Camera, state.Screen);

    public static HubResult<T> Ok<T>(T value)
        where T : class => new(value, null);

    public static HubResult<T> Refuse<T>(string code, string message)
        where T : class => new(null, new HubError(code, message));

    public static HubResult<T> Refuse<T>(Rejected rejected)
        where T : class => Refuse<T>(rejected.Code, rejected.Text);

    public static QualityUpdate ToContract(TransportQuality quality)
    {
        var loss = Math.Max(quality.UplinkLoss, quality.DownlinkLoss);
        var level = loss > PoorLoss || quality.RoundTripMs > PoorRoundTripMs ? QualityLevel.Poor
            : loss > FairLoss || quality.RoundTripMs > FairRoundTripMs ? QualityLevel.Fair
            : QualityLevel.Good;
        return new QualityUpdate(level, Math.Round(quality.UplinkLoss * 100, 1), Math.Round(quality.DownlinkLoss * 100, 1), Math.Round(quality.RoundTripMs, 1));
    }
}
